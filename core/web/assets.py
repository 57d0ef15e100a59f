"""Style sheets, scripts and fonts: served by us, named by what is in them, kept for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

from core.web.compressing import squeeze

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(__file__).parent / "static"
A_YEAR_SECONDS = 365 * 24 * 3600
TEXT = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@lru_cache(maxsize=4096)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _folders(name: str) -> dict[str, Path]:
    return {name: ROOT / name / "static", "themes": ROOT / "themes"}


def _find(door: str, filename: str) -> Path | None:
    first, _, rest = filename.partition("/")
    folder = _folders(door).get(first)
    path = (folder / rest if folder else SHARED / filename).resolve()
    inside = (folder or SHARED).resolve()
    return path if path.is_relative_to(inside) and path.is_file() else None


def asset_url(filename: str, *, door: str) -> str:
    """The URL of an asset: 'vendor/htmx.min.js' (shared), 'storefront/…', 'themes/stage/…'."""
    path = _find(door, filename)
    if path is None:
        raise FileNotFoundError(filename)
    return url_for("static", filename=filename, v=_digest(path))


def serve(app: Flask, folder: Path) -> None:
    """Serve /static/… from the door's own folder, the themes' and the shared one."""
    door = folder.name

    def static(filename: str) -> Response:
        path = _find(door, filename)
        if path is None or path.suffix in {".py", ".toml", ".html"}:
            abort(404)
        kind = TEXT.get(path.suffix)
        if kind:
            response = squeeze(Response(path.read_bytes(), mimetype=kind))
            response.cache_control.max_age = A_YEAR_SECONDS
        else:
            response = send_from_directory(path.parent, path.name, max_age=A_YEAR_SECONDS)
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static)
    app.add_url_rule("/static/<path:filename>", endpoint="shared_static", view_func=static)
    app.add_template_global(lambda filename: asset_url(filename, door=door), "asset")
