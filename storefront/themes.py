"""A reseller's design tokens as a style sheet of their own: the policy allows no inline style."""

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue

from core.web import squeeze
from themes import Tokens
from themes import css as style_sheet

bp = Blueprint("themes", __name__)

MAX_AGE_SECONDS = 300


@bp.get("/theme.css")
def css() -> ResponseReturnValue:
    response = Response(style_sheet(Tokens(**g.tenant.tokens)), mimetype="text/css")
    response.cache_control.max_age = MAX_AGE_SECONDS
    response.cache_control.public = True
    return squeeze(response)
