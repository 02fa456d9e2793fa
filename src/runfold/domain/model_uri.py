"""`models:/` URIs: which model is meant. Finding it is the business of stores and clients.

    models:/churn/3            version 3
    models:/churn@champion     where the alias points to now
    models:/churn/Production   the newest version in a stage
    models:/churn/latest       the newest version of all
    models:/m-0123...          a logged model

Behind any of them may stand a path inside the model's folder, except behind an alias, as in MLflow.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from runfold.domain.registered_model import Stage
from runfold.errors import InvalidValue

SCHEME = "models"
_LOGGED = re.compile(r"m-[0-9a-zA-Z_-]{1,254}")
_FORMS = "models:/<name>/<version>, models:/<name>@<alias>, models:/<name>/<stage or latest> or models:/<model id>"


class ModelUri(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one of `model_id`, `version`, `alias` and `stage` is given, or `is_latest` is true.

    Attributes:
        name: of the registered model; empty for a logged model.
        path: inside the model's folder; empty: the folder itself.
    """

    name: str = ""
    model_id: str = ""
    version: int | None = None
    alias: str = ""
    stage: Stage | None = None
    is_latest: bool = False
    path: str = ""

    def __str__(self) -> str:
        if self.model_id:
            text = self.model_id
        elif self.alias:
            text = f"{self.name}@{self.alias}"
        else:
            last = "latest" if self.is_latest else self.stage.value if self.stage is not None else self.version
            text = f"{self.name}/{last}"
        return f"{SCHEME}:/{text}{f'/{self.path}' if self.path else ''}"


def is_model_uri(uri: str) -> bool:
    return uri.lower().startswith(f"{SCHEME}:")


def parse_model_uri(uri: str) -> ModelUri:
    """Raises InvalidValue when it names no model; the message says which forms there are."""
    if not is_model_uri(uri):
        raise InvalidValue(f"{uri!r} is no models:/ URI; expected {_FORMS}.")
    rest = uri.partition(":")[2]
    # The part of an authority, as in models://profile@server/, belongs to servers that this is not.
    if not rest.startswith("/") or rest.startswith("//"):
        raise InvalidValue(f"Invalid model URI {uri!r}: expected {_FORMS}.")
    names = [unquote(name) for name in rest.strip("/").split("/")]
    if any(name in ("", ".", "..") for name in names):
        raise InvalidValue(f"Invalid model URI {uri!r}: expected {_FORMS}.")
    head, *more = names
    if "@" in head:
        name, _, alias = head.rpartition("@")
        if not name or not alias or more:
            raise InvalidValue(f"Invalid model URI {uri!r}: expected {_FORMS}.")
        return ModelUri(name=name, alias=alias)
    if _LOGGED.fullmatch(head) and (not more or not _is_choice(more[0])):
        return ModelUri(model_id=head, path="/".join(more))
    if not more:
        raise InvalidValue(f"Invalid model URI {uri!r}: it names no version; expected {_FORMS}.")
    return _with_choice(head, more[0], "/".join(more[1:]))


def _is_choice(text: str) -> bool:
    """Whether a text says which version: a number, `latest` or a stage."""
    return text.isdecimal() or text.lower() in ("latest", *(stage.value.lower() for stage in Stage))


def _with_choice(name: str, choice: str, path: str) -> ModelUri:
    if choice.isascii() and choice.isdecimal() and len(choice) <= 9:
        return ModelUri(name=name, version=int(choice), path=path)
    if choice.lower() == "latest":
        return ModelUri(name=name, is_latest=True, path=path)
    return ModelUri(name=name, stage=Stage.parse(choice), path=path)
