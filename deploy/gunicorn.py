"""How gunicorn serves `wsgi:create_app()`, in the demo and in production. Sizes by environment."""

import os

_address = os.environ.get("BIND", "127.0.0.1")
_host = f"[{_address}]" if ":" in _address else _address

bind = f"{_host}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gevent"
worker_connections = 2000
backlog = 2048

keepalive = 5  # seconds an idle connection is kept; longer than that, a spike runs out of them
timeout = 30  # seconds without a heartbeat; a limit for the process, not for a request
graceful_timeout = int(os.environ.get("WEB_GRACE_SECONDS", "10"))

max_requests = 100_000  # a backend remembers what it touched; begin afresh now and then
max_requests_jitter = 50_000  # but not all at once

control_socket_disable = True
proc_name = "ticket-to-serve"
errorlog = "-"
accesslog = None  # the application writes one structured line per request itself
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108  # no disk
