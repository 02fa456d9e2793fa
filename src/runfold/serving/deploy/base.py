"""What a target of deployments can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from runfold.errors import InvalidValue

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,51}[a-z0-9])?")

Config = Mapping[str, str]
"""What `-C key=value` gave; each target says which keys it knows."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is deployed, or on its way.

    Attributes:
        state: the target's own word.
        model_uri: what was deployed; empty when the target does not remember it.
        endpoint: where requests go; empty: through the target's own calls.
        details: what else the target tells.
    """

    name: str
    state: str
    model_uri: str = ""
    endpoint: str = ""
    details: dict[str, Any] = {}


class DeployTarget(Protocol):
    """A place that models are deployed to.

    Every method raises `NotFound` for a name that is not there, `InvalidValue` for a configuration that it cannot use,
    and `Unavailable` when the target cannot be reached.
    """

    def create(self, name: str, model_uri: str, config: Config) -> Deployment:
        """Deploy a model. Raises AlreadyExists: the name is taken."""

    def update(self, name: str, model_uri: str, config: Config) -> Deployment:
        """Put another model, or the same with another configuration, in the place of one, without a gap."""

    def delete(self, name: str) -> None:
        """Remove a deployment and what it was made of."""

    def list_all(self) -> tuple[Deployment, ...]:
        """All deployments that were made from here, by name."""

    def get(self, name: str) -> Deployment: ...

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        """Send a request of the scoring protocol and give its answer."""


def check_name(name: str) -> str:
    """Raises InvalidValue: not every target takes the name."""
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name[:100]!r} cannot name a deployment: small letters, digits and hyphens, beginning with a letter, "
            "53 at most."
        )
    return name


def take(config: Config, known: Mapping[str, str]) -> dict[str, str]:
    """The configuration with its defaults.

    Args:
        known: keys and their defaults; an empty default means that nothing is set.

    Raises:
        InvalidValue: a key that is not known.
    """
    unknown = sorted(set(config) - set(known))
    if unknown:
        raise InvalidValue(f"There is no setting {unknown[0]!r} here; known are {', '.join(sorted(known))}.")
    return {**known, **config}


def whole(config: Mapping[str, str], key: str) -> int:
    """Raises InvalidValue: the setting is no whole number above zero."""
    text = config[key]
    if not text.isdecimal() or int(text[:9]) < 1:
        raise InvalidValue(f"The setting {key!r} is {text!r}; expected a whole number above zero.")
    return int(text[:9])
