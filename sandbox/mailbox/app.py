"""The mailbox's pages and its JSON: one WSGI application over the folder of letters.

A letter is somebody else's HTML: it is only ever shown inside a frame that may run nothing, load
nothing from elsewhere and touch nothing around it.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox import look
from sandbox.mailbox import parsing
from sandbox.mailbox.letters import Letter, Letters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LETTERS_SHOWN = 200
PREVIEW_CHARACTERS = 140
SHOWN_IN_BROWSER = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src 'self' data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def mailbox_app(folder: Path) -> "WSGIApplication":
    """The mailbox over the letters in `folder`; any process may run it, at any address."""
    letters = Letters(folder)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        try:
            view, named = ROUTES.bind_to_environ(environ).match()
            response: Response = view(letters, request, **named)
        except HTTPException as error:
            response = _missing(request) if error.code == 404 else _plain(error)
        return look.secured(response)(environ, start_response)

    return answer


def show_list(letters: Letters, request: Request) -> Response:
    to = request.args.get("to", "")
    found = letters.newest(to=to, limit=LETTERS_SHOWN)
    return look.page(
        "letters.html",
        root=request.root_path,
        letters=found,
        to=to,
        previews={letter.id: _preview(letter) for letter in found},
    )


def show_letter(letters: Letters, request: Request, letter: int) -> Response:
    found = letters.find(letter)
    if found is None:
        return _missing(request)
    shown, message = found
    return look.page(
        "letter.html",
        root=request.root_path,
        letter=shown,
        to=request.args.get("to", ""),
        has_html=bool(parsing.html_of(message)),
        text=parsing.text_of(message),
        headers=parsing.headers(message),
        attachments=parsing.attachments(message),
        can_show=SHOWN_IN_BROWSER,
    )


def show_html(letters: Letters, request: Request, letter: int) -> Response:
    """The letter's own HTML, for the frame."""
    found = letters.find(letter)
    if found is None:
        return _missing(request)
    message = found[1]
    places = {
        attachment.content_id: f"{request.root_path}/letters/{letter}/attachments/"
        f"{attachment.number}?show=1"
        for attachment in parsing.attachments(message)
        if attachment.content_id
    }
    html = parsing.with_inline_images(parsing.html_of(message), places)
    # The sandboxed frame cannot lead anywhere itself: links open a tab.
    response = Response(f'<base target="_blank">{html}', mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def show_attachment(letters: Letters, request: Request, letter: int, number: int) -> Response:
    found = letters.find(letter)
    listed = parsing.attachments(found[1]) if found else []
    if number >= len(listed):
        return _missing(request)
    attachment = listed[number]
    is_shown = "show" in request.args and attachment.type in SHOWN_IN_BROWSER
    response = Response(
        attachment.content,
        mimetype=attachment.type if is_shown else "application/octet-stream",
    )
    kind = "inline" if is_shown else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(attachment.name)}"
    if is_shown and attachment.type == "application/pdf":
        # A browser's own PDF reader stays empty under a policy of 'none'.
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    return response


def show_source(letters: Letters, request: Request, letter: int) -> Response:
    raw = letters.raw(letter)
    if raw is None:
        return _missing(request)
    return Response(raw, mimetype="text/plain")


def list_as_json(letters: Letters, request: Request) -> Response:
    found = []
    for letter in letters.newest(to=request.args.get("to", ""), limit=LETTERS_SHOWN):
        whole = letters.find(letter.id)
        listed = parsing.attachments(whole[1]) if whole else []
        found.append(
            {
                "id": letter.id,
                "to": letter.recipient,
                "from": letter.sender,
                "subject": letter.subject,
                "at": look.machine_time(letter.at),
                "message_id": letter.message_id,
                "copies": letter.copies,
                "text": letter.text,
                "attachments": [
                    {
                        "name": attachment.name,
                        "type": attachment.type,
                        "size": attachment.size,
                        "href": f"{request.root_path}/letters/{letter.id}/attachments/"
                        f"{attachment.number}",
                    }
                    for attachment in listed
                ],
            }
        )
    return Response(json.dumps(found), mimetype="application/json")


def clear(letters: Letters, request: Request) -> Response:
    if look.is_from_elsewhere(request):
        return Response("Only the mailbox's own page may do this.\n", 403, mimetype="text/plain")
    letters.clear()
    return (
        Response(status=204)
        if request.method == "DELETE"
        else redirect(f"{request.root_path}/", 303)
    )


def show_asset(_letters: Letters, request: Request, name: str) -> Response:
    return look.asset(request, name) or _missing(request)


def _missing(request: Request) -> Response:
    return look.page("no_letter.html", status=404, root=request.root_path)


def _plain(error: HTTPException) -> Response:
    return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")


def _preview(letter: Letter) -> str:
    return " ".join(letter.text[: PREVIEW_CHARACTERS * 3].split())[:PREVIEW_CHARACTERS]


PAGES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/", show_list),
    ("GET", "/letters.json", list_as_json),
    ("DELETE", "/letters", clear),
    ("POST", "/letters/clearing", clear),
    ("GET", "/letters/<int(max=1000000000):letter>", show_letter),
    ("GET", "/letters/<int(max=1000000000):letter>/html", show_html),
    ("GET", "/letters/<int(max=1000000000):letter>/source", show_source),
    (
        "GET",
        "/letters/<int(max=1000000000):letter>/attachments/<int(max=1000):number>",
        show_attachment,
    ),
    ("GET", "/assets/<name>", show_asset),
)
ROUTES = Map([Rule(path, methods=[method], endpoint=view) for method, path, view in PAGES])
