"""Reading single fields of a form."""

import unicodedata

from flask import request

from core.errors import Invalid

MAX_FIELD_LENGTH = 2000


def form_text(name: str, *, limit: int = MAX_FIELD_LENGTH) -> str:
    """One line of text from the form, without what cannot be seen. Raises Invalid if too long."""
    text = request.form.get(name, "")
    if len(text) > limit:
        raise Invalid("That is longer than it can be.", field=name)
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc").strip()


def safe_next(default: str) -> str:
    """Where to go after signing in: a path on this host, never somewhere else."""
    target = request.form.get("next") or request.args.get("next") or ""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target
    return target if is_ours and target.isprintable() else default
