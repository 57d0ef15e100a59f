"""What programs send by mistake or on purpose: the corpus of bad input."""

import gzip
from typing import Any

MALFORMED = {
    "empty": b"",
    "blanks": b" \r\n\t ",
    "not JSON": b"{",
    "text behind it": b"{} {}",
    "a comma too many": b'{"show": "x",}',
    "a comment": b'{"show": "x" /* of the evening */}',
    "single quotes": b"{'show': 'x'}",
    "names without quotes": b'{show: "x"}',
    "an array": b"[]",
    "a string": b'"show"',
    "a number": b"1",
    "null": b"null",
    "not UTF-8": b'{"show": "\xff\xfe"}',
    "UTF-16": '{"show": "x"}'.encode("utf-16"),
    "UTF-32": '{"show": "x"}'.encode("utf-32"),
    "a surrogate in bytes": b'{"show": "\xed\xa0\x80"}',
    "an overlong slash": b'{"show": "\xc0\xaf"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"show": NaN}',
    "NaN for a quantity": b'{"items": [{"quantity": NaN}]}',
    "Infinity": b'{"show": -Infinity}',
    "a decimal comma": b'{"items": [{"quantity": 1,5}]}',
    "a plus sign": b'{"items": [{"quantity": +1}]}',
    "a zero in front": b'{"items": [{"quantity": 01}]}',
    "hexadecimal": b'{"items": [{"quantity": 0x1}]}',
    "a digit of another script": '{"items": [{"quantity": ٢}]}'.encode(),
    "a name twice": b'{"show": "a", "show": "b"}',
    "a name twice, once escaped": b'{"show": "a", "\\u0073how": "b"}',
    "a name twice, deep": b'{"items": [{"quantity": 1, "quantity": 2}]}',
    "NUL in a text": b'{"show": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "raw NUL": b'{"show": "a\x00b"}',
    "a raw line break": b'{"show": "a\nb"}',
    "half a surrogate pair": b'{"show": "\\ud800"}',
    "the other half": b'{"show": "\\udc00\\ud800"}',
    "half a pair in a name": b'{"\\udfff": 1}',
    "nested deeply": b'{"items":' * 17 + b"1" + b"}" * 17,
    "nested 10,000 deep": b'{"show":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "nested very deeply": b'{"show":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested without end": b'{"a":' * 40_000,
    "a number of 10,000 digits": b'{"show": ' + b"9" * 10_000 + b"}",
}
"""Not one JSON object, or not one that two readers read alike."""

QUANTITIES = [
    0, -1, -0.0, 101, 10**9, 2**31, 2**63, 2**64, 10**30, 1.0, 2.0, 1.5, 1e308, True, False, None,
    "", "2", "1,5", "two", "٢", "0x2", [], {}, [2], {"n": 2},
]  # fmt: skip

LONG = "x" * 200_000
"""Still smaller than a body may be."""
TEXTS: dict[str, Any] = {
    "empty": "",
    "blank": " ",
    "an emoji": "🎫",
    "written from right to left": "\u202eadA",
    "invisible": "\u200b\u200d\ufeff",
    "controls": "\x1b[2J\x07",
    "very long": LONG,
    "lines": "a\r\nBcc: b@example.org",
    "SQL": "' OR 1=1; DROP TABLE orders; --",
    "a template": "{{ 7 * 7 }}${7*7}",
    "a path": "../../etc/passwd",
    "of another kind": "ord_" + "0" * 26,
    "a number": 7,
    "true": True,
    "nothing": None,
    "a list": ["x"],
    "an object": {"x": 1},
}
"""Nothing that names a show or a ticket type."""

ADDRESSES: dict[str, Any] = {
    **{name: text for name, text in TEXTS.items() if name not in {"of another kind", "an emoji"}},
    "no address": "ada",
    "two addresses": "ada@example.org, bob@example.org",
    "two at signs": "ada@bob@example.org",
    "no host": "ada@",
    "no name": "@example.org",
    "a host with a gap": "ada@exam ple.org",
    "a header": "ada@example.org\nBcc: b@example.org",
    "a name in front": "Ada <ada@example.org>",
    "a long host": "ada@" + "a" * 64 + ".org",
    "too long in all": "a@" + "a." * 130 + "org",
    "right to left": "ada\u202e@example.org",
    "a script of dots": "ada..byron@example.org",
}

NO_NAMES = [
    "", " ", "\u200b\u200d\ufeff", "\x1b\x07", "x" * 121, "🎫" * 121, LONG, 7, None, ["x"],
]  # fmt: skip
NAMES = {
    "Ada 🎫 Lovelace": "Ada 🎫 Lovelace",
    "عائشة بنت طلحة": "عائشة بنت طلحة",
    "\u202eadA\u202c Lovelace": "adA Lovelace",
    "Ada\r\nLovelace\x07": "Ada Lovelace",
    "=HYPERLINK(1)": "=HYPERLINK(1)",
    "{{ 7 * 7 }}": "{{ 7 * 7 }}",
    "<b>Ada</b>": "<b>Ada</b>",
}
"""What people are called, and how it is kept."""

MEDIA_TYPES = [
    "", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/xml",
    "application/problem+json", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/json; charset=utf-16", "application/json; charset=latin-1",
    "application/json, text/plain", "\x00", "*/*",
]  # fmt: skip
MULTIPART_WITHOUT_END = b'--x\r\nContent-Disposition: form-data; name="show"\r\n\r\n' + b"x" * 1000


def gzip_bomb() -> bytes:
    """A few thousand bytes that would be four million."""
    return gzip.compress(b'{"show": "' + b"x" * 4_000_000 + b'"}')
