"""What people get to read when we refuse something."""


class Refused(Exception):
    """A request that cannot be granted; `status` and `code` are part of the API's contract.

    The message is a sentence for a customer. Each subclass is one fact.
    """

    status = 422
    code = "refused"
    title = "That is not possible"
    retry_after_seconds: int | None = None


class NotFound(Refused):
    """Missing, or somebody else's: the two look the same on purpose."""

    status = 404
    code = "not_found"
    title = "There is nothing here"


class Invalid(Refused):
    """Input that cannot be read as what was asked; `field` names where."""

    code = "invalid"
    title = "Please check what you entered"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Conflict(Refused):
    """True when asked a moment ago, or asked twice."""

    status = 409
    code = "conflict"
    title = "That has changed in the meantime"


class Unavailable(Refused):
    """Something we depend on does not answer; trying again later is safe."""

    status = 503
    code = "unavailable"
    title = "One moment, please"
    retry_after_seconds = 5
