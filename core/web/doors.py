"""Making a door: a Flask application of its own, so that doors share no cookie, route or error."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from jinja2 import ChoiceLoader, FileSystemLoader

from core import settings
from core.database import db
from core.web import assets, formatting, headers, limiting, logging, refusing, signing_in

MAX_BODY_BYTES = 256 * 1024
MAX_FORM_PARTS = 200
SESSION_DAYS = 30

HERE = Path(__file__).parent


class Sessions(SecureCookieSessionInterface):
    """Cookies, but none on what is public: a cache on the way may hand that to somebody else."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


class NoSessions(SessionInterface):
    """For programs, which come with a key and keep no cookies."""

    def open_session(self, _: Flask, __: Request) -> None:
        return None

    def save_session(self, _: Flask, __: SessionMixin, ___: Response) -> None:
        pass


class Door(Flask):
    """None of our views is a coroutine: Flask would look at each of nine functions a request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


htmx = Htmx()
csrf = CSRFProtect()


def make_door(
    name: str,
    blueprints: Iterable[Blueprint],
    *,
    folder: Path,
    visitors: str | None = None,
    has_pages: bool = True,
    guard: Callable[[Flask], None] | None = None,
) -> Flask:
    """A door called `name` with these pages; `visitors` is the kind of people who sign in here.

    `guard` stands its before_request ahead of all that may refuse (limits, forms): a refusal is a
    page, and needs what the guard binds. Whatever is refused, `refusing` words.
    """
    app = Door(
        name, template_folder=str(folder / "templates"), static_folder=None, root_path=str(folder)
    )
    app.session_interface = Sessions() if has_pages else NoSessions()
    wanted = settings.load()
    prefix = "__Host-" if wanted.is_secure else ""
    app.config.update(
        SECRET_KEY=wanted.secret_key,
        SESSION_COOKIE_NAME=f"{prefix}{name}",
        SESSION_COOKIE_SECURE=wanted.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SQLALCHEMY_DATABASE_URI=wanted.database_url,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open overnight; the token ends with the session
        WTF_CSRF_SSL_STRICT=True,
        **limiting.storage(),
    )
    db.init_app(app)
    logging.watch(app)
    if guard:
        guard(app)
    headers.protect(app)
    refusing.word(app, has_pages=has_pages)
    if has_pages:
        limiting.limiter.init_app(app)  # by address; programs are known by their key
        app.jinja_loader = ChoiceLoader(
            [FileSystemLoader(folder / "templates"), FileSystemLoader(HERE / "templates")]
        )
        assets.serve(app, folder)
        formatting.offer(app)
        htmx.init_app(app)
        csrf.init_app(app)
    if visitors:
        signing_in.recognise(app, visitors)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app
