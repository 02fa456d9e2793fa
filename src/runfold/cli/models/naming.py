"""From what somebody typed to the version that they meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runfold.domain.registered_model import ModelVersion
    from runfold.stores.base import TrackingStore


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
