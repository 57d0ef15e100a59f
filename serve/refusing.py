"""Why we do not serve."""


class CannotServe(Exception):
    """Nothing can be served; the message is one sentence for the operator."""
