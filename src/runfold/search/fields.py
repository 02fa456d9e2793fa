"""Which fields a record has, how they are written, and which of them an identifier means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

import msgspec

from runfold.search.tree import Field, Group, Kind, Relation, Statistic


class UnknownField(Exception):
    """An identifier names nothing; `args[0]` says what would."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one kind of record.

    Attributes:
        record: what is searched, for messages.
        attributes: what a bare name or `attributes.name` may be.
        aliases: other spellings of attributes, in lower case.
        groups: what else may come before a dot.
        relations: whether `parent.` and `children.` lead to other records of the same kind.
        several: attributes of which a record may have several values, or none.
        statistics: whether `metrics.key.min` and the like ask for the extremes of a series.
    """

    record: str
    attributes: Mapping[str, Kind]
    aliases: Mapping[str, str] = {}
    groups: frozenset[Group] = frozenset()
    relations: bool = False
    several: frozenset[str] = frozenset()
    statistics: bool = False


RUNS = Language(
    record="run",
    attributes={
        "run_id": Kind.TEXT,
        "run_name": Kind.TEXT,
        "user_id": Kind.TEXT,
        "status": Kind.TEXT,
        "state": Kind.TEXT,
        "lost": Kind.TRUTH,
        "start_time": Kind.TIME,
        "end_time": Kind.TIME,
        "duration": Kind.WHOLE,
        "artifact_uri": Kind.TEXT,
        "experiment_id": Kind.TEXT,
        "lifecycle_stage": Kind.TEXT,
        "parent_run_id": Kind.TEXT,
        "description": Kind.TEXT,
    },
    aliases={"run name": "run_name", "created": "start_time", "run_uuid": "run_id", "user": "user_id"},
    groups=frozenset({Group.METRIC, Group.PARAM, Group.TAG, Group.DATASET}),
    relations=True,
    statistics=True,
)

EXPERIMENTS = Language(
    record="experiment",
    attributes={
        "name": Kind.TEXT,
        "experiment_id": Kind.TEXT,
        "creation_time": Kind.TIME,
        "last_update_time": Kind.TIME,
        "lifecycle_stage": Kind.TEXT,
        "artifact_location": Kind.TEXT,
        "description": Kind.TEXT,
    },
    groups=frozenset({Group.TAG}),
)

# What is known of a version: see `domain.registered_model.ModelCard` and `ModelFiles`.
CARD_TEXTS = (
    "algorithm",
    "framework",
    "framework_version",
    "task",
    "target_platform",
    "owner",
    "licence",
    "serialisation",
    "digest",
)
_CARD = {
    **dict.fromkeys(CARD_TEXTS, Kind.TEXT),
    "size": Kind.WHOLE,
    "flavour": Kind.TEXT,
    "alias": Kind.TEXT,
}
_CARD_ALIASES = {"license": "licence", "flavor": "flavour", "size_bytes": "size", "aliases": "alias"}
_EVERYTHING = frozenset({Group.METRIC, Group.PARAM, Group.TAG, Group.DATASET})

# What a registered model does not have itself is that of its newest version.
REGISTERED_MODELS = Language(
    record="registered model",
    attributes={
        "name": Kind.TEXT,
        "description": Kind.TEXT,
        "user_id": Kind.TEXT,
        "creation_timestamp": Kind.TIME,
        "last_updated_timestamp": Kind.TIME,
        **_CARD,
    },
    aliases={
        **_CARD_ALIASES,
        "timestamp": "last_updated_timestamp",
        "creation_time": "creation_timestamp",
        "last_update_time": "last_updated_timestamp",
        "user": "user_id",
    },
    groups=_EVERYTHING,
    several=frozenset({"flavour", "alias"}),
)

MODEL_VERSIONS = Language(
    record="model version",
    attributes={
        "name": Kind.TEXT,
        "version_number": Kind.WHOLE,
        "description": Kind.TEXT,
        "user_id": Kind.TEXT,
        "creation_timestamp": Kind.TIME,
        "last_updated_timestamp": Kind.TIME,
        "current_stage": Kind.TEXT,
        "status": Kind.TEXT,
        "source_path": Kind.TEXT,
        "run_id": Kind.TEXT,
        "model_id": Kind.TEXT,
        **_CARD,
    },
    aliases={
        **_CARD_ALIASES,
        "version": "version_number",
        "stage": "current_stage",
        "source": "source_path",
        "timestamp": "last_updated_timestamp",
        "creation_time": "creation_timestamp",
        "last_update_time": "last_updated_timestamp",
        "user": "user_id",
    },
    groups=_EVERYTHING,
    several=frozenset({"flavour", "alias"}),
)

LOGGED_MODELS = Language(
    record="logged model",
    attributes={
        "name": Kind.TEXT,
        "model_id": Kind.TEXT,
        "model_type": Kind.TEXT,
        "status": Kind.TEXT,
        "source_run_id": Kind.TEXT,
        "artifact_uri": Kind.TEXT,
        "experiment_id": Kind.TEXT,
        "creation_timestamp": Kind.TIME,
        "last_updated_timestamp": Kind.TIME,
        "registered_model": Kind.TEXT,
    },
    aliases={
        "creation_time": "creation_timestamp",
        "last_update_time": "last_updated_timestamp",
        "creation_timestamp_ms": "creation_timestamp",
        "last_updated_timestamp_ms": "last_updated_timestamp",
        "artifact_location": "artifact_uri",
        "run_id": "source_run_id",
    },
    groups=frozenset({Group.METRIC, Group.PARAM, Group.TAG}),
    several=frozenset({"registered_model"}),
)

AUDIT = Language(
    record="audit record",
    attributes={
        "number": Kind.WHOLE,
        "time": Kind.TIME,
        "user": Kind.TEXT,
        "token": Kind.TEXT,
        "address": Kind.TEXT,
        "action": Kind.TEXT,
        "object": Kind.TEXT,
        "detail": Kind.TEXT,
        "result": Kind.TEXT,
        "status": Kind.WHOLE,
        "request_id": Kind.TEXT,
    },
    aliases={"who": "user", "what": "action"},
)

# MLflow's spellings of the prefixes.
_GROUPS = {
    "attributes": Group.ATTRIBUTE,
    "attribute": Group.ATTRIBUTE,
    "attr": Group.ATTRIBUTE,
    "run": Group.ATTRIBUTE,
    "metrics": Group.METRIC,
    "metric": Group.METRIC,
    "params": Group.PARAM,
    "param": Group.PARAM,
    "parameters": Group.PARAM,
    "parameter": Group.PARAM,
    "tags": Group.TAG,
    "tag": Group.TAG,
    "datasets": Group.DATASET,
    "dataset": Group.DATASET,
}
_DATASET_PROPERTIES = ("name", "digest", "context")
_STATISTICS = {statistic.value: statistic for statistic in Statistic}
_PART = re.compile(r'`((?:[^`]|``)*)`|"((?:[^"]|"")*)"|([^.`"]+)')


class _Part(msgspec.Struct, frozen=True):
    text: str
    is_quoted: bool


def resolve(identifier: str, language: Language) -> Field:
    """The field that an identifier means, as the grammar's NAME spells it.

    A quoted key is taken whole. An unquoted metric key that ends in `.last`, `.min`, `.max` or `.count` asks
    for that statistic of the key before it: `metrics.loss.min`, but ``metrics.`loss.min` `` for the key
    `loss.min`, and ``metrics.`loss.min`.max`` for its maximum.

    Raises:
        UnknownField: with the reason and the nearest known names.
    """
    parts = _split(identifier)
    relation = Relation.SELF
    if language.relations and len(parts) > 1 and not parts[0].is_quoted:
        relation = {"parent": Relation.PARENT, "children": Relation.CHILDREN}.get(parts[0].text.lower(), relation)
        if relation is not Relation.SELF:
            parts = parts[1:]
    if len(parts) == 1:
        return _attribute(parts[0].text, language, relation)
    group = None if parts[0].is_quoted else _GROUPS.get(parts[0].text.lower())
    if group is None or (group is not Group.ATTRIBUTE and group not in language.groups):
        known = [prefix for prefix, name in _GROUPS.items() if name is Group.ATTRIBUTE or name in language.groups]
        raise UnknownField(f"Unknown prefix {parts[0].text!r}{_suggest(parts[0].text, known)}")
    key = parts[1:]
    if group is Group.ATTRIBUTE:
        return _attribute(".".join(part.text for part in key), language, relation)
    if group is Group.DATASET:
        return _dataset(".".join(part.text for part in key), relation)
    if group is Group.METRIC:
        return _metric(key, language, relation)
    kind = Kind.PARAM if group is Group.PARAM else Kind.TEXT
    return Field(group=group, name=".".join(part.text for part in key), kind=kind, relation=relation)


def _split(identifier: str) -> list[_Part]:
    parts = []
    for match in _PART.finditer(identifier):
        backticked, quoted, plain = match.groups()
        if backticked is not None:
            parts.append(_Part(backticked.replace("``", "`"), True))
        elif quoted is not None:
            parts.append(_Part(quoted.replace('""', '"'), True))
        else:
            parts.append(_Part(plain, False))
    return parts


def _attribute(name: str, language: Language, relation: Relation) -> Field:
    known = language.aliases.get(name.lower(), name)
    kind = language.attributes.get(known)
    if kind is None:
        others = ", ".join(sorted(f"{group}." for group in language.groups))
        raise UnknownField(
            f"Unknown attribute {name!r} of {_article(language.record)} {language.record}"
            f"{_suggest(name, language.attributes)}{f' Other fields begin with {others}.' if others else ''}"
        )
    return Field(group=Group.ATTRIBUTE, name=known, kind=kind, relation=relation)


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _dataset(name: str, relation: Relation) -> Field:
    if name not in _DATASET_PROPERTIES:
        raise UnknownField(f"Unknown property {name!r} of a dataset{_suggest(name, _DATASET_PROPERTIES)}")
    return Field(group=Group.DATASET, name=name, kind=Kind.TEXT, relation=relation)


def _metric(key: list[_Part], language: Language, relation: Relation) -> Field:
    statistic = Statistic.LAST
    if language.statistics and len(key) > 1 and not key[-1].is_quoted and key[-1].text in _STATISTICS:
        statistic = _STATISTICS[key[-1].text]
        key = key[:-1]
    kind = Kind.WHOLE if statistic is Statistic.COUNT else Kind.NUMBER
    name = ".".join(part.text for part in key)
    return Field(group=Group.METRIC, name=name, kind=kind, statistic=statistic, relation=relation)


def _suggest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(names))}."
