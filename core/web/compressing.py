"""Gzip for what is public, text and large: assets, posters, style sheets.

Never pages: they carry a form's token beside words that somebody else may have chosen, and the
length of what is compressed together gives the token away (the attack is called BREACH).
"""

import gzip
from functools import lru_cache

from flask import Response, request

LEVEL = 5
MIN_BYTES = 1024
KEPT = 256
"""Compressed answers kept in memory by what is in them: every asset, and posters in demand."""


@lru_cache(maxsize=KEPT)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


def squeeze(response: Response) -> Response:
    """The answer compressed, if whoever asks can read that and it is worth it.

    With a tag of the bytes that are sent, as a cache must not take one form for the other; or 304
    if those are what the browser has.
    """
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > MIN_BYTES and request.accept_encodings.quality("gzip") > 0:
        response.set_data(_gzipped(body))
        response.content_encoding = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response
