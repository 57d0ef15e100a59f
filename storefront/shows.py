"""What is on: the list of shows, a show, its poster."""

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from core import catalogue, orders, posters, waitingroom
from core.catalogue import Show
from core.errors import Refused
from core.web import squeeze
from core.web.refusing import listed
from storefront.repeating import new_key
from storefront.showing import Month, find_show, view_of, views_of_types
from storefront.waiting import choosing, passes

bp = Blueprint("shows", __name__)

POSTER_SECONDS = 86_400


@bp.get("/")
def index() -> ResponseReturnValue:
    now = orders.database_now()
    shows = [view_of(show, now) for show in catalogue.published()]
    to_come = [show for show in shows if show.state != "ended"]
    past = [show for show in reversed(shows) if show.state == "ended"]
    months = list(dict.fromkeys(show.month for show in to_come))
    wanted = request.args.get("when", "")
    listed = [show for show in to_come if show.month.key == wanted] if wanted else to_come
    return render_template(
        "storefront/shows/index.html",
        shows=listed,
        featured=to_come[0] if to_come and not wanted else None,
        past_shows=past if not wanted else [],
        filters=_filters(months, wanted) if len(months) > 1 else [],
    )


def _filters(months: list[Month], wanted: str) -> list[tuple[str, str, bool]]:
    every = ("", "All dates", not wanted)
    return [every, *((month.key, month.name, month.key == wanted) for month in months)]


@bp.get("/shows/<slug>")
def show(slug: str) -> ResponseReturnValue:
    found = find_show(slug)
    waitingroom.note_visit(found.reference)
    if "pass" in request.args:
        return passes.swap(found, request.args["pass"])
    return passes.turn_away(found) or show_page(found, chosen=choosing.recall(found.reference))


@bp.get("/shows/<slug>/poster.svg")
def poster(slug: str) -> ResponseReturnValue:
    found = find_show(slug)
    svg = posters.draw(
        found.reference, style=found.poster_style, title=found.title, subtitle=found.subtitle
    )
    response = Response(svg, mimetype="image/svg+xml")
    response.cache_control.max_age = POSTER_SECONDS
    response.cache_control.public = True
    return squeeze(response)


def show_page(
    found: Show, *, refusal: Refused | None = None, chosen: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """A show with what is left of it, and why the last try was refused, if it was."""
    now = orders.database_now()
    types = views_of_types(found, now)
    view = view_of(found, now, types)
    return render_template(
        "storefront/shows/show.html",
        show=view,
        types=types,
        errors=listed(refusal),
        quantities=chosen,
        order_key=new_key(),
        entry=passes.entry_of(found),
    ), refusal.status if refusal else 200
