"""The reference page of the REST API, from the table of calls."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import msgspec

from runfold.server import columns
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint, Family
from runfold.wire.errors import MEANINGS
from runfold.wire.messages.base import Empty

INTRODUCTION = """
# The REST API

Two families of calls: MLflow's, exactly as its clients expect them, below `/api/2.0/mlflow/` and the twin
`/ajax-api/2.0/mlflow/`; and Runfold's own below `/api/runfold/v1/`. A running server describes itself in
`/openapi.json`.

- **Requests** are JSON with `Content-Type: application/json`; for GET the fields are in the query, and a list repeats
  its field. Names may be in snake_case or lowerCamelCase, numbers may be text, `null` is the same as absent, fields
  that are not known are ignored. A field of the wrong type is 400 and named.
- **Replies** are JSON. In MLflow's calls what is empty is left out; Runfold's own send every field without a default.
- **Numbers** that JSON has no word for are the texts `"NaN"`, `"Infinity"`, `"-Infinity"`.
- **Pages** have a `next_page_token` as long as there is more; it is opaque and belongs to its query.
- **A 2xx** means committed and synced. Anything else means that nothing was done or, for a 5xx, that it is not known.
- **Browsers**: what changes something must come from a page of the server itself or of an allowed origin. A page that
  uploads a file by POST sends `X-Runfold-Upload: 1`.

An error is `{"error_code": ..., "message": ...}`, with `kind` and `key` of the record in question and the
`request_id` that finds it in the server's log.
"""

TITLES = {
    Family.RUNFOLD: "Runfold's own calls",
    Family.MLFLOW: "MLflow's calls",
    Family.MLFLOW_3: "MLflow's newer calls",
    Family.MLFLOW_ARTIFACTS: "MLflow's artifact proxy",
    Family.ROOT: "At the root",
}


def rest_page(made: str) -> str:
    return made + INTRODUCTION + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from _errors()
    for family, title in TITLES.items():
        prefixes = " and ".join(f"`{prefix}`" for prefix in family.value)
        yield f"\n## {title}\n\nBelow {prefixes}.\n"
        for endpoint in ENDPOINTS:
            if endpoint.family is family:
                yield from _call(endpoint)
    yield "\n## Series in binary form\n"
    yield f"`series/columns` answers with it to `Accept: {columns.MEDIA_TYPE}`.\n"
    yield dedent(columns.__doc__ or "").strip().split("\n", 2)[2]
    yield "\n## Messages\n"
    for kind in sorted(set(_nested()), key=lambda kind: kind.__name__):
        yield f"\n### {kind.__name__}\n"
        yield from _described(kind)


def _errors() -> Iterator[str]:
    yield "\n| status | error_code | meaning |\n| --- | --- | --- |"
    for kind, meaning in MEANINGS:
        yield f"| {meaning.status} | {meaning.error_code} | {(kind.__doc__ or '').strip().splitlines()[0]} |"


def _call(endpoint: Endpoint) -> Iterator[str]:
    yield f"### {' or '.join(endpoint.methods)} `{endpoint.path}`\n"
    yield f"{endpoint.summary} *Permission: {endpoint.permission.value}.*\n"
    if endpoint.sends is Body.FORM:
        yield f"The body is `{endpoint.sends.value}`.\n"
    elif endpoint.sends is not Body.JSON:
        yield f"The body is `{endpoint.sends.value}`; fields go into the query.\n"
    if endpoint.request is not Empty:
        yield from _described(endpoint.request)
    if endpoint.answers is not Body.JSON:
        yield f"\nAnswers `{endpoint.answers.value}`."
    if endpoint.reply is not Empty:
        yield "\nReply:\n"
        yield from _described(endpoint.reply)
    yield ""


def _described(kind: type[msgspec.Struct]) -> Iterator[str]:
    text = inspect.cleandoc(kind.__doc__ or "")
    about, _, rest = text.partition("Attributes:")
    if about.strip():
        yield f"{about.strip()}\n"
    meanings = _meanings(rest)
    yield "| field | type | default | |\n| --- | --- | --- | --- |"
    for field in msgspec.structs.fields(kind):
        default = "required" if field.required else _default(field)
        meaning = meanings.get(field.name, "")
        yield f"| `{field.encode_name}` | {_type(msgspec.inspect.type_info(field.type))} | {default} | {meaning} |"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if isinstance(field.default, msgspec.Struct) or field.default in (None, "", ()):
        return ""
    return "" if field.default is msgspec.NODEFAULT else f"`{field.default}`"


def _meanings(text: str) -> dict[str, str]:
    """What a docstring says of attributes: `name: text`, or `name, name: text`, indented text going on below."""
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", dedent(text).strip()):
        names, _, meaning = entry.partition(":")
        for name in names.split(","):
            found[name.strip()] = " ".join(meaning.split())
    return found


def _type(info: Any) -> str:
    match info:
        case msgspec.inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case msgspec.inspect.ListType(item_type=item) | msgspec.inspect.VarTupleType(item_type=item):
            return f"list of {_type(item)}"
        case msgspec.inspect.DictType(value_type=item):
            return f"map of {_type(item)}"
        case msgspec.inspect.EnumType(cls=cls):
            return " or ".join(f"`{member.value}`" for member in cls)
        case msgspec.inspect.UnionType(types=types):
            kinds = [
                _type(one)
                for one in types
                if not isinstance(one, msgspec.inspect.NoneType | msgspec.inspect.LiteralType)
            ]
            return " or ".join(kinds)
        case msgspec.inspect.IntType():
            return "integer"
        case msgspec.inspect.FloatType():
            return "number"
        case msgspec.inspect.BoolType():
            return "boolean"
    return "text"


def _nested() -> Iterator[type[msgspec.Struct]]:
    """The Structs inside requests and replies, all the way down."""
    seen: set[type[msgspec.Struct]] = set()
    pending = [field.type for e in ENDPOINTS for kind in (e.request, e.reply) for field in msgspec.structs.fields(kind)]
    while pending:
        for kind in _structs(msgspec.inspect.type_info(pending.pop())):
            if kind not in seen:
                seen.add(kind)
                yield kind
                pending += [field.type for field in msgspec.structs.fields(kind)]


def _structs(info: Any) -> Iterator[type[msgspec.Struct]]:
    match info:
        case msgspec.inspect.StructType(cls=cls):
            yield cls
        case msgspec.inspect.ListType(item_type=item) | msgspec.inspect.VarTupleType(item_type=item):
            yield from _structs(item)
        case msgspec.inspect.DictType(value_type=item):
            yield from _structs(item)
        case msgspec.inspect.UnionType(types=types):
            for one in types:
                yield from _structs(one)
