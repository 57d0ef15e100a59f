"""Answering one call of `/v1`: who, how badly, once only, and in one transaction."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.stripe import behaviour, expanding, guard, notices, reading, repeating
from sandbox.stripe.addresses import MAP, Endpoint
from sandbox.stripe.calling import Call
from sandbox.stripe.limiting import Limiter, too_many
from sandbox.stripe.refusing import Broken, NoSuchAddress, Refusal
from sandbox.stripe.store import Json, Store, random_text

BODY_BYTES = 1_000_000
BROKEN = "An unknown error occurred in the sandbox, because it was asked to fail."
ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version, Idempotency-Key",
    "Access-Control-Expose-Headers": "Request-Id",
    "Access-Control-Max-Age": "600",
}


@dataclass(frozen=True)
class Api:
    """The stand-in's `/v1`. `told` is called after something was written."""

    store: Store
    keys: guard.Keys
    told: Callable[[], None]
    closing: threading.Event
    limiter: Limiter = field(default_factory=Limiter)

    def answer(self, request: Request) -> Response:
        request_id = f"req_{random_text(14)}"
        if request.method == "OPTIONS":
            return Response(status=204, headers=ANYWHERE)
        try:
            status, body, headers = self._attend(request, request_id)
        except Refusal as refusal:
            status, body, headers = _written(refusal)
        response = Response(body, status, headers | ANYWHERE, mimetype="application/json")
        response.headers.setdefault("Request-Id", request_id)
        response.headers["Stripe-Version"] = request.headers.get(
            "Stripe-Version", notices.API_VERSION
        )
        response.headers["Cache-Control"] = "no-cache, no-store"
        key = request.headers.get("Idempotency-Key")
        if key and request.method == "POST":
            response.headers["Idempotency-Key"] = key.replace("\n", " ").replace("\r", " ")
        return response

    def _attend(self, request: Request, request_id: str) -> tuple[int, str, dict[str, str]]:
        endpoint, named = _endpoint(request)
        from_browser = guard.is_browser(
            self.keys, request.headers, browsers_may=endpoint.browsers_may
        )
        call = Call(self.store, _params(request), request.host_url.rstrip("/"), from_browser)
        wanted = behaviour.current(self.store)
        self.limiter.let_pass(
            request.method, request.path, per_second=wanted["payments_per_second"]
        )
        is_bad = behaviour.concerns(wanted, request.method, request.path)
        if is_bad:
            self._refuse_before(wanted)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        if key:
            kept = repeating.begin(self.store, key, request.path, call.params, request_id)
            if kept:
                headers = {
                    "Idempotent-Replayed": "true",
                    "Original-Request": kept.request_id,
                    "Request-Id": request_id,
                }
                return kept.status, kept.body, headers | _retrying(kept.status)
        notices.ASKED.set(notices.Asked(request_id, key, request.headers.get("Stripe-Version")))
        if is_bad and wanted["latency_ms"]:
            self.closing.wait(wanted["latency_ms"] / 1000)
        fails = is_bad and behaviour.take_one(self.store, "fail_after_next")
        status, body = self._once(lambda: endpoint.answer(call, **named), call, key, fails=fails)
        if request.method == "POST":
            self.told()
        if is_bad and behaviour.take_one(self.store, "hang_next"):
            self.closing.wait(wanted["hang_ms"] / 1000)
        return status, body, _retrying(status)

    def _once(
        self, work: Callable[[], Json], call: Call, key: str | None, *, fails: bool
    ) -> tuple[int, str]:
        """Do the work and keep its answer, together; or keep nothing."""
        store = self.store
        try:
            with store.transaction():
                try:
                    shown = expanding.shown(store, work(), call.params.get("expand"))
                    status, body = 200, json.dumps(shown)
                except Refusal as refusal:
                    if not refusal.keeps_changes:
                        raise
                    status, body, _ = _written(refusal)
                if fails:
                    status, body, _ = _written(Broken(BROKEN))
                if key:
                    repeating.keep(store, key, status, body)
        except Refusal as refusal:
            status, body, _ = _written(refusal)
            if key and refusal.began:
                repeating.keep(store, key, status, body)
            elif key:
                repeating.let_go(store, key)
        except BaseException:
            if key:
                repeating.let_go(store, key)
            raise
        return status, body

    def _refuse_before(self, wanted: Json) -> None:
        if behaviour.take_one(self.store, "rate_limit_next"):
            limited = too_many("global-rate")
            limited.headers["Retry-After"] = str(wanted["retry_after_seconds"])
            raise limited
        if behaviour.fails_by_chance(wanted) or behaviour.take_one(self.store, "fail_next"):
            failed = Broken(BROKEN)
            failed.headers["Stripe-Should-Retry"] = "true"
            raise failed


def _endpoint(request: Request) -> tuple[Endpoint, dict[str, str]]:
    try:
        rule, named = MAP.bind_to_environ(request.environ).match()
    except HTTPException:
        raise NoSuchAddress(
            f"Unrecognized request URL ({request.method}: {request.path}). Please see "
            "https://docs.stripe.com or we can help at https://support.stripe.com/."
        ) from None
    endpoint: Endpoint = rule
    return endpoint, dict(named)


def _params(request: Request) -> Json:
    if request.method == "GET":
        return reading.parse(request.query_string.decode("utf-8", "replace"))
    if (request.content_length or 0) > BODY_BYTES:
        raise Refusal("The request is too large.")
    body = request.get_data()
    if body and request.mimetype != "application/x-www-form-urlencoded":
        raise Refusal(
            "Invalid request (check that your POST content type is "
            "application/x-www-form-urlencoded)."
        )
    return reading.parse(body.decode("utf-8", "replace"))


def _written(refusal: Refusal) -> tuple[int, str, dict[str, str]]:
    return refusal.status, json.dumps(refusal.body()), dict(refusal.headers)


def _retrying(status: int) -> dict[str, str]:
    """An answer that is kept will be the same again: Stripe says not to ask."""
    return {"Stripe-Should-Retry": "false"} if status >= 500 else {}
