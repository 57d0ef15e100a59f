"""Security headers of every answer. No inline script or style, nothing from elsewhere."""

from collections.abc import Mapping

from flask import Flask, Response, g

from core import settings

ALONE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "manifest-src": "'self'",
}
HSTS = "max-age=31536000; includeSubDomains"


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{what} {where}" for what, where in policy.items())


USUAL_POLICY = _written(ALONE)
USUAL = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
]
"""Set here and nowhere else."""


def allow_stripe() -> None:
    """Let this one page load Stripe's script and frames: it is where people pay."""
    origin = settings.load().stripe_js_origin
    at_stripe = origin.endswith(".stripe.com")
    g.content_security = _written(
        {
            **ALONE,
            "script-src": f"'self' {origin}",
            "frame-src": f"{origin} https://hooks.stripe.com" if at_stripe else origin,
            "connect-src": f"'self' {'https://api.stripe.com' if at_stripe else origin}",
        }
    )


def protect(app: Flask) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        if response.cache_control.public and response.mimetype == "application/json":
            # Asked for very often, and no page: what a browser may do with a page is no matter.
            response.headers.add("X-Content-Type-Options", "nosniff")
            return response
        for name, value in USUAL:
            response.headers.add(name, value)
        response.headers.add("Content-Security-Policy", g.get("content_security", USUAL_POLICY))
        if settings.load().is_secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
