"""Writing answers: JSON of a model, money in minor units, times in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from flask import Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict

JSON = "application/json"
PROBLEM = "application/problem+json"


class Shape(BaseModel):
    """Something the API answers with: a field may be added, none changes or goes (/v1)."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)


class Money(Shape):
    amount: int
    """In the currency's minor unit: cents, pence; whole yen."""
    currency: str


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


Moment = Annotated[datetime, BeforeValidator(_utc)]
"""RFC 3339 in UTC: '2026-11-23T19:00:00Z'."""
MaybeMoment = Annotated[datetime | None, BeforeValidator(_utc)]


def written(shape: Shape) -> str:
    return shape.model_dump_json() + "\n"


def answer(shape: Shape, status: int = 200) -> Response:
    return Response(written(shape), status=status, mimetype=JSON)


def answer_if_new(shape: Shape) -> Response:
    """The answer, or 304 to who has it already: kept by whoever asks, but never used unasked."""
    response = answer(shape)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response
