"""How the sandbox's own pages look: templates, assets, and the headers each answer carries."""

import mimetypes
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(
        [HERE, HERE.parent / "stripe" / "pages", HERE.parent / "mailbox" / "pages"]
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action {forms}; "
    "frame-ancestors {framed}"
)


def page(
    template: str,
    *,
    status: int = 200,
    forms: str = "'self'",
    framed: str = "'none'",
    **facts: object,
) -> Response:
    """A page of our own. `forms`: where forms may lead; `framed`: who may put it in a frame."""
    response = Response(
        TEMPLATES.get_template(template).render(facts), status, mimetype="text/html"
    )
    response.headers["Content-Security-Policy"] = POLICY.format(forms=forms, framed=framed)
    response.headers["Cache-Control"] = "no-store"
    return secured(response)


def secured(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Not "no-referrer": then a form of our own says "Origin: null" and looks like a stranger's.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    return response


@cache
def _content(name: str) -> tuple[bytes, str] | None:
    path = HERE / "assets" / name
    if Path(name).name != name or not path.is_file():
        return None
    content = path.read_bytes()
    return content, sha256(content).hexdigest()[:16]


def asset(request: Request, name: str) -> Response | None:
    """A style sheet or script of ours, or None."""
    found = _content(name)
    if found is None:
        return None
    content, tag = found
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = Response(content, mimetype=kind)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return secured(response)


def is_from_elsewhere(request: Request) -> bool:
    """Whether another site's page made the browser send this."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    return site in {"cross-site", "same-site"} or (
        origin is not None and urlsplit(origin).netloc != request.host
    )


def moment(seconds: float) -> str:
    """'23 Nov, 14:03:22' in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b, %H:%M:%S")


def machine_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


TEMPLATES.filters["moment"] = moment
TEMPLATES.filters["machine_time"] = machine_time
