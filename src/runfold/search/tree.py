"""What a filter says, after parsing: frozen values that the evaluator and the SQL translator read.

A leaf is false for a record that lacks the field's value, whatever its operator; only `Missing` asks for
the absence. `negated` leaves (`!=`, NOT IN, NOT LIKE, NOT BETWEEN) want a value that fails the test. `Not`
is plain logic over whole parts, so `NOT (params.a = 'x')` does match runs without the param.

A field with several values (datasets, children) satisfies a leaf when one of its values does.
"""

from __future__ import annotations

import enum

import msgspec

Value = str | float | int | bool


class Group(enum.StrEnum):
    """The kinds of things that a record has, by the prefix that names them."""

    ATTRIBUTE = "attributes"
    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    DATASET = "dataset"


class Relation(enum.StrEnum):
    """Whose field it is: the record's own, its parent's, or that of some child."""

    SELF = ""
    PARENT = "parent"
    CHILDREN = "children"


class Statistic(enum.StrEnum):
    """What of a metric's series is meant."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


class Kind(enum.Enum):
    """What the values of a field are, which decides the operators and literals it takes."""

    TEXT = "text"
    NUMBER = "number"  # float64
    WHOLE = "whole number"  # int64
    TIME = "time"  # int64, Unix milliseconds; also written as an ISO 8601 date in quotes
    TRUTH = "true or false"
    PARAM = "param"  # text, compared as a number with an unquoted number


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be compared or ordered by.

    Attributes:
        name: of the attribute, the key, or the property of a dataset.
    """

    group: Group
    name: str
    kind: Kind
    statistic: Statistic = Statistic.LAST
    relation: Relation = Relation.SELF


class Operator(enum.StrEnum):
    EQUAL = "="
    DIFFERENT = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Comparison(msgspec.Struct, frozen=True, tag=True):
    field: Field
    operator: Operator
    value: Value


class Like(msgspec.Struct, frozen=True, tag=True):
    """Text against a pattern: `%` stands for any characters, `_` for one; see `patterns`."""

    field: Field
    pattern: str
    ignores_case: bool = False
    negated: bool = False


class Membership(msgspec.Struct, frozen=True, tag=True):
    field: Field
    values: tuple[Value, ...]
    negated: bool = False


class Between(msgspec.Struct, frozen=True, tag=True):
    """Both bounds included."""

    field: Field
    low: float | int
    high: float | int
    negated: bool = False


class Missing(msgspec.Struct, frozen=True, tag=True):
    """IS NULL: the record has no value there. NaN is a value."""

    field: Field
    negated: bool = False


class All(msgspec.Struct, frozen=True, tag=True):
    """Every part holds; an empty one holds for everything."""

    parts: tuple[Node, ...] = ()


class Any(msgspec.Struct, frozen=True, tag=True):
    """At least one part holds."""

    parts: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True, tag=True):
    part: Node


Leaf = Comparison | Like | Membership | Between | Missing
Node = Leaf | All | Any | Not

EVERYTHING = All()


class OrderKey(msgspec.Struct, frozen=True):
    """One of the fields that a listing is ordered by."""

    field: Field
    descending: bool = False
