"""Requests that no honest client sends, made from the types of a call: odd values in odd spellings of JSON and HTTP.

What a schema allows, and what is near it, `test_openapi` tries. Here stands what no schema speaks of: tokens that JSON
does not know, keys that are there twice, halves of characters, numbers that fit nowhere, bodies that are compressed,
cut, or of another kind than they say, and headers that mean something to one reader and something else to another.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from runfold.wire.endpoints import Body, Endpoint

DEPTHS = (50, 2_000, 10_000)
TOKENS = (
    *("null", "true", "{}", "[]", "[[]]", '""', "0", "-1", "-0", "1.5", "1e308", "-1e400", "1E-400", "NaN", "Infinity"),
    *("-Infinity", '"NaN"', '"Infinity"', '"-inf"', '"1e999"', "9223372036854775807", "9223372036854775808"),
    *("-9223372036854775809", "18446744073709551616", "1" + "0" * 400, '"1' + "0" * 400 + '"', "253402300800000"),
    *("-62135596800001", '"0x10"', '" 1 "', '"1_000"', '"\u0661"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"'),
    *('"\\udfff\\ud800"', '"\\ud83d\\ude00"', '"\u202e\ufeff"', '"\\ud83d"', '"../../etc/passwd"', '"%2e%2e%2f"'),
    *('"\'"', '"\\""', '"%"', '"_"', '"\\\\"', '"{}"', '"[]"', '{"":null}', '{"a":{"b":[1,{"c":NaN}]}}', '"--help"'),
    *('"a/b"', '"/"', '"//"', '"."', '" "', '"\\n\\r\\t"', '"' + "x" * 70_000 + '"', "[" + "0," * 5_000 + "0]"),
)
"""Values as they stand in a body, whatever a field expects."""
ODD_TEXTS = (
    *("", " ", "a" * 300, "\0", "\ud800", "é" * 100, "a/b", "..", "%2e%2e", "true", "NaN", "-1", "1e400", "9" * 30),
    *("'", '"', "\\", "{}", "[]", "name = 'x'", "metrics.`a`", "\u202e", "id DESC", "attributes.", "user:admin"),
    *("workspace:default", "experiment:0", "*", "🙂", "a" * 20_000),
)
ODD_HEADERS: tuple[tuple[str, str], ...] = (
    ("X-MLFLOW-WORKSPACE", ""),
    ("X-MLFLOW-WORKSPACE", "default"),
    ("X-MLFLOW-WORKSPACE", "../default"),
    ("X-MLFLOW-WORKSPACE", "%64efault"),
    ("X-MLFLOW-WORKSPACE", "a" * 3000),
    ("X-MLFLOW-WORKSPACE", "caf\xe9"),
    ("Accept", "text/html"),
    ("Accept", "*/*;q=NaN"),
    ("Accept-Encoding", "gzip;q=-1, br;q=1e9"),
    ("Range", "bytes=-0"),
    ("Range", "bytes=9-1"),
    ("Range", "bytes=0-0,2-3"),
    ("Range", "lines=1-"),
    ("If-None-Match", '"' + "a" * 2000),
    ("If-Range", "x"),
    ("X-Request-Id", "\xff" * 70),
    ("X-Forwarded-For", "not an address, 1.2.3.4"),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Forwarded-Host", "evil.example"),
    ("Forwarded", "for=[::1;host=evil"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Expect", "200-nothing"),
    ("Content-Language", "x" * 1000),
    ("Idempotency-Key", "\x7f" * 20),
    ("Repr-Digest", "sha-256=:not base64:"),
    ("Repr-Digest", "sha-256=:AAAA:"),
    ("Cookie", "runfold-session=; runfold-session=x; =; a"),
    ("Last-Event-ID", "-1"),
    ("Last-Event-ID", "9" * 40),
    ("Upgrade", "h2c"),
    ("X-Runfold-Upload", ""),
)
ODD_KINDS = (
    *(
        "application/json; charset=utf-16",
        "application/json; charset=x",
        "APPLICATION/JSON",
        "application/json, text/plain",
    ),
    *(
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=",
        "application/jsonl",
        "",
        ";",
    ),
    *("application/protobuf", "application/json;" + "a=b;" * 500),
)
ODD_QUERIES = (
    *(
        "%",
        "%zz",
        "%ff%fe",
        "%00",
        "%ed%a0%80",
        "a=%c0%ae",
        "a" * 5000,
        "&".join("a=1" for _ in range(2001)),
        "=",
        "&&",
    ),
    *(
        "__proto__=1",
        "a[]=1&a[0]=2",
        "+",
        ";",
        "max_results=1e3",
        "max_results=99999999999999999999",
        "page_token=e30%3D",
    ),
    *("page_token=%00", "workspace=default", "workspace=", "workspace=%2e%2e", "workspace=a&workspace=b"),
)

ODD_BODIES = (b"", b" ", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{", b"nul", b"{}{}", b"\0", b'"{}"', b"[{}]", b"\r\n" * 9)


class Attempt(msgspec.Struct, frozen=True):
    """One request.

    Attributes:
        pieces: of the body; sent as chunks if there are several.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[bytes, ...] = ()


def attempts(
    endpoint: Endpoint, method: str, path: str, known: Mapping[str, Any], chance: random.Random
) -> Iterator[Attempt]:
    """Requests of one call without an end, about the records that `known` names."""
    while True:
        headers = tuple(chance.sample(ODD_HEADERS, chance.choice((0, 0, 1, 3))))
        target = _filled(path, known, chance)
        if method in ("GET", "HEAD", "DELETE") and endpoint.sends is not Body.FILE:
            yield Attempt(method, f"{target}?{_query(endpoint, known, chance)}", headers)
            continue
        body = bytes(_body(endpoint, known, chance))
        kind = (("Content-Type", endpoint.sends.value),) if endpoint.sends is not Body.FILE else ()
        if chance.random() < 0.1:
            kind = (("Content-Type", chance.choice(ODD_KINDS)),)
        if chance.random() < 0.05:
            body, headers = gzip.compress(body), (*headers, ("Content-Encoding", chance.choice(("gzip", "br", "x"))))
        if chance.random() < 0.2:
            target = f"{target}?{_query(endpoint, known, chance)}"
        at = chance.randrange(len(body) + 1)
        pieces = (body[:at], body[at:]) if chance.random() < 0.2 else (body,)
        yield Attempt(method, target, (*headers, *kind), pieces)


def _filled(path: str, known: Mapping[str, Any], chance: random.Random) -> str:
    odd = ("%2e%2e", "%00", "%ed%a0%80", "a%2fb", "%252e", "x" * 500, "%f0%9f%99%82", "0", "a/../b", "a//b", ".", "%5c")
    for name in ("{path}", *(f"{{{name}}}" for name in known)):
        if name in path:
            usual = "0/x/artifacts/f" if name == "{path}" else str(known[name[1:-1]])
            path = path.replace(name, chance.choice(odd) if chance.random() < 0.3 else usual)
    return path.replace("{", "").replace("}", "")


def _query(endpoint: Endpoint, known: Mapping[str, Any], chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice(ODD_QUERIES)
    parts = []
    for field in msgspec.structs.fields(endpoint.request):
        name = field.encode_name
        if chance.random() < 0.3 and not field.required:
            continue
        values = [chance.choice(ODD_TEXTS)]
        if name in known and chance.random() < 0.7:
            values = [str(known[name])]
        if chance.random() < 0.1:
            values *= 2
        parts += [f"{_name(name, chance)}={_quoted(value)}" for value in values]
    return "&".join(parts)


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def _body(endpoint: Endpoint, known: Mapping[str, Any], chance: random.Random) -> bytes:
    drawn = chance.random()
    if drawn < 0.03:
        depth = chance.choice(DEPTHS)
        opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
        return opening * depth + b"1" + closing * depth
    if drawn < 0.06:
        return chance.choice(
            (b"", b" ", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{", b"nul", b"{}{}", b"\0", b'"{}"', b"[{}]")
        )
    text = _struct(inspect.type_info(endpoint.request), known, chance, 0)
    if drawn < 0.09:
        text = json.dumps(text)  # JSON in a text, as some clients of MLflow send it
    body = text.encode("utf-8", "surrogatepass")
    if drawn > 0.97:
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice((b"", b"\xc0\xae", b"\xed\xa0\x80", b"\0", b",")) + body[at + 1 :]
    return body


def _struct(info: inspect.Type, known: Mapping[str, Any], chance: random.Random, depth: int) -> str:
    assert isinstance(info, inspect.StructType)
    parts = []
    for field in info.fields:
        if not field.required and chance.random() < 0.35:
            continue
        name = json.dumps(_name(field.encode_name, chance))
        is_known = field.encode_name in known and chance.random() < 0.8
        value = json.dumps(known[field.encode_name]) if is_known else _value(field.type, known, chance, depth + 1)
        parts.append(f"{name}:{value}")
        if chance.random() < 0.03:
            parts.append(f"{name}:{chance.choice(TOKENS)}")  # a second time
    if chance.random() < 0.05:
        parts.append(f'"unknown \\ud800":{chance.choice(TOKENS)}')
    return "{" + ",".join(parts) + "}"


def _name(name: str, chance: random.Random) -> str:
    """In the other spelling of protobuf's JSON, now and then."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest) if chance.random() < 0.15 else name


def _value(info: inspect.Type, known: Mapping[str, Any], chance: random.Random, depth: int) -> str:
    if chance.random() < 0.15 or depth > 6:
        return chance.choice(TOKENS)
    again = (known, chance, depth + 1)
    match info:
        case inspect.StructType():
            return _struct(info, known, chance, depth)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return "[" + ",".join(_value(item, *again) for _ in range(chance.choice((0, 1, 1, 3)))) + "]"
        case inspect.TupleType(item_types=items):
            return "[" + ",".join(_value(item, *again) for item in items) + "]"
        case inspect.DictType(value_type=item):
            return (
                "{" + ",".join(f"{json.dumps(chance.choice(ODD_TEXTS))}:{_value(item, *again)}" for _ in range(2)) + "}"
            )
        case inspect.UnionType(types=types):
            return _value(chance.choice(types), *again)
        case inspect.EnumType(cls=cls):
            return chance.choice([json.dumps(chance.choice(list(cls)).value), "1", '"2"', "99", '"no such"'])
        case inspect.BoolType():
            return chance.choice(("true", "false", '"true"', "1", '"TRUE"'))
        case inspect.IntType() | inspect.FloatType():
            return chance.choice(("0", "1", "7", '"7"', "1.0", "1e3", "-5", "4102444800000", "9007199254740993"))
        case inspect.StrType():
            return json.dumps(chance.choice(ODD_TEXTS))
    return chance.choice(TOKENS)
