"""From what somebody typed to the version that they meant, and back to a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.output import print_done
from runfold.cli.pairs import parse_pairs

if TYPE_CHECKING:
    from runfold.domain.registered_model import ModelVersion
    from runfold.stores.base import TrackingStore

CARD = ("algorithm", "framework", "framework_version", "task", "target_platform", "owner", "licence")


def as_uri(text: str) -> str:
    """`churn/3` and `churn@champion` as `models:/` URIs; URIs as they are."""
    return text if ":/" in text else f"models:/{text}"


def names_version(text: str) -> bool:
    """Whether a text says which version of a model; `churn` alone does not."""
    rest = text.removeprefix("models:/")
    return "/" in rest or "@" in rest or ":" in rest


def find(store: TrackingStore, text: str) -> ModelVersion:
    from runfold.domain.model_uri import parse_model_uri
    from runfold.errors import InvalidValue
    from runfold.stores.model_uris import find_version

    if not names_version(text) and not text.startswith("m-"):
        raise InvalidValue(f"{text!r} names no version; add one, such as {text}/3, {text}@champion or {text}/latest.")
    uri = parse_model_uri(as_uri(text))
    if uri.model_id:
        raise InvalidValue(f"{text!r} is a logged model; name a registered version, such as churn/3.")
    return find_version(store, uri)


def card_fields(told: tuple[str, ...]) -> dict[str, str]:
    fields = dict(parse_pairs(told))
    unknown = sorted(fields.keys() - set(CARD))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)} cannot be told; only {', '.join(CARD)}.", param_hint="--set")
    return fields


def say(version: ModelVersion, sentence: str, *, as_json: bool) -> None:
    document = {"name": version.name, "version": version.version, "status": version.status.value}
    print_done(sentence, document, as_json=as_json)


def user_name() -> str:
    from runfold.registry.aliases import user_name as name_here

    return name_here()
