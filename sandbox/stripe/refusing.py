"""Refusals in Stripe's shape: a status, a type, and what a program can act on."""

from sandbox.stripe.store import Json


class Refusal(Exception):
    """A request that is answered with an error object.

    `began` says that work on it had begun: then the answer is kept under the Idempotency-Key.
    `keeps_changes` says that what was written before the refusal stays (a declined charge).
    """

    status = 400
    kind = "invalid_request_error"
    began = False
    keeps_changes = False

    def __init__(
        self, message: str, *, code: str | None = None, param: str | None = None, **more: object
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param, self.more = message, code, param, more
        self.headers: dict[str, str] = {}

    def body(self) -> Json:
        error: Json = {"type": self.kind, "message": self.message}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://docs.stripe.com/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error | self.more}


class Unauthorised(Refusal):
    status = 401


class Forbidden(Refusal):
    status = 403


class Missing(Refusal):
    """No such object, or no such address."""

    status = 404

    def __init__(self, what: str, object_id: str, *, param: str = "id") -> None:
        super().__init__(f"No such {what}: '{object_id}'", code="resource_missing", param=param)


class NoSuchAddress(Refusal):
    status = 404


class WrongState(Refusal):
    """The object's life has moved on; found out while working on it."""

    began = True


class Declined(Refusal):
    """The bank said no. The failed charge stays on record."""

    status = 402
    kind = "card_error"
    began = True
    keeps_changes = True


class KeyMisused(Refusal):
    kind = "idempotency_error"


class KeyInUse(Refusal):
    status = 409


class TooManyRequests(Refusal):
    status = 429


class Broken(Refusal):
    """Stripe's own failure."""

    status = 500
    kind = "api_error"
