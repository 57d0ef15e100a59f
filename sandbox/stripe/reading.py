"""Reading form-encoded parameters with nested brackets, the way Stripe does."""

import re
from collections.abc import Collection
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json

FIELDS_AT_MOST = 1_000
DEPTH_AT_MOST = 8
METADATA_KEYS_AT_MOST = 50
METADATA_NAME_CHARACTERS = 40
METADATA_VALUE_CHARACTERS = 500
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")


def parse(encoded: str) -> Json:
    """'metadata[order]=7&expand[]=charge' as nested dicts and lists. Raises Refusal."""
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=FIELDS_AT_MOST)
    except ValueError:
        raise Refusal("Too many parameters.") from None
    tree: Json = {}
    for name, value in pairs:
        matched = NAME.match(name)
        if matched is None:
            raise Refusal(f"Invalid parameter name: {name}", param=name)
        path = [matched[1], *re.findall(r"\[([^\[\]]*)\]", matched[2])]
        if len(path) > DEPTH_AT_MOST:
            raise Refusal(f"Parameter nested too deep: {name}", param=name)
        _plant(tree, path, value, name)
    return {name: _with_lists(value) for name, value in tree.items()}


def _plant(tree: Json, path: list[str], value: str, name: str) -> None:
    branch = tree
    for step, following in pairwise(path):
        inner = branch.setdefault(step or str(len(branch)), {})
        if not isinstance(inner, dict):
            raise Refusal(f"Invalid hash: {name} ({following})", param=name)
        branch = inner
    branch[path[-1] or str(len(branch))] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(inner) for key, inner in value.items()}


def only(params: Json, known: Collection[str], *, unsupported: Collection[str] = ()) -> None:
    """Refuse names Stripe does not have, and those it has and this stand-in cannot honour."""
    for name in params:
        if name in unsupported:
            raise Refusal(f"The sandbox cannot do `{name}`: use a Stripe test account.", param=name)
        if name not in known:
            raise Refusal(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )


def text(params: Json, name: str) -> str | None:
    """A text, or None where it is missing or empty."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {name}", param=name)
    return value


def required(params: Json, name: str) -> str:
    value = text(params, name)
    if value is None:
        raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def whole(params: Json, name: str) -> int | None:
    value = text(params, name)
    if value is None:
        return None
    if not re.fullmatch(r"-?\d{1,15}", value):
        raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def yes_or_no(params: Json, name: str, *, default: bool = False) -> bool:
    value = text(params, name)
    if value is None:
        return default
    if value not in {"true", "false"}:
        raise Refusal(f"Invalid boolean: {value}", param=name)
    return value == "true"


def one_of(params: Json, name: str, choices: Collection[str]) -> str | None:
    value = text(params, name)
    if value is not None and value not in choices:
        raise Refusal(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
    return value


def mapping(params: Json, name: str) -> Json:
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise Refusal("Invalid object", param=name)
    return value


def metadata(params: Json, current: Json | None = None) -> Json:
    """Metadata after this request: names are merged in, an empty value removes one."""
    if params.get("metadata") == "":
        return {}
    merged = dict(current or {})
    for name, value in mapping(params, "metadata").items():
        if len(name) > METADATA_NAME_CHARACTERS or not isinstance(value, str):
            raise Refusal(f"Invalid metadata name: {name}", param="metadata")
        if len(value) > METADATA_VALUE_CHARACTERS:
            raise Refusal(
                f"Metadata values can have up to {METADATA_VALUE_CHARACTERS} characters, but you "
                f"passed in a value that is {len(value)} characters.",
                param=f"metadata[{name}]",
            )
        if value:
            merged[name] = value
        else:
            merged.pop(name, None)
    if len(merged) > METADATA_KEYS_AT_MOST:
        raise Refusal(f"Metadata can have up to {METADATA_KEYS_AT_MOST} keys.", param="metadata")
    return merged
