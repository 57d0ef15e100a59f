"""The stand-in for Stripe as one WSGI application: the API, the browser's part, the controls."""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sandbox import look
from sandbox.stripe import browsers, controls
from sandbox.stripe.api import BODY_BYTES, Api
from sandbox.stripe.delivering import Deliverer, Target
from sandbox.stripe.guard import Keys
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROUTES = Map(
    [
        Rule("/healthz", methods=["GET"], endpoint="healthz"),
        Rule("/assets/<name>", methods=["GET"], endpoint="asset"),
        *(
            Rule(path, methods=[method], endpoint=answer)
            for method, path, answer in (*browsers.PAGES, *controls.PAGES)
        ),
    ],
    strict_slashes=False,
)


class StripeSandbox:
    """Stripe's stand-in over one folder. `start()` sends notices; `close()` ends it."""

    def __init__(self, folder: Path, keys: Keys, target: Target | None) -> None:
        """Raises FolderTaken where another one uses the folder."""
        self.store = Store(folder)
        self.closing = threading.Event()
        self.deliverer = Deliverer(self.store, target)
        self.keys = keys
        self._api = Api(self.store, keys, self.deliverer.wake, self.closing)

    def start(self) -> None:
        self.deliverer.start()

    def close(self) -> None:
        self.closing.set()
        self.deliverer.stop()
        self.store.close()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = BODY_BYTES
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")
        except Exception:  # the last resort: say that it is our own fault, and go on serving
            traceback.print_exc(file=sys.stderr)
            fault = {"error": {"type": "api_error", "message": "The sandbox has a fault."}}
            response = Response(json.dumps(fault), 500, mimetype="application/json")
        return look.secured(response)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/v1/"):
            return self._api.answer(request)
        answer, named = ROUTES.bind_to_environ(request.environ).match()
        if answer == "healthz":
            self.store.rows("SELECT 1")
            return Response("ok\n", mimetype="text/plain")
        if answer == "asset":
            return look.asset(request, **named) or Response("404 Not Found\n", 404)
        view: Callable[..., Response] = answer
        try:
            with self.store.transaction():
                response = view(self, request, **named)
        except Refusal as refusal:
            response = Response(
                json.dumps(refusal.body()), refusal.status, mimetype="application/json"
            )
        if request.method == "POST":
            self.deliverer.wake()
        return response
