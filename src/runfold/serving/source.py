"""Where the served model comes from: an address, which version it means now, and loading it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from runfold.mlmodel.document import MLmodel
from runfold.models import load_model
from runfold.models.uris import fetched_model, read_mlmodel
from runfold.serving import registered
from runfold.serving.container.environment import model_recipe, recipe_digest
from runfold.serving.model import ServedModel

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class Found(NamedTuple):
    """What an address means now.

    Attributes:
        uri: an address that always means this version.
        name, version: what clients know it by; a model that is not registered has no version.
    """

    uri: str
    name: str
    version: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}/{self.version}" if self.version else self.name


class ModelSource(msgspec.Struct, frozen=True):
    """A model to serve.

    Attributes:
        uri: a folder or a link to one, `runs:/...`, `models:/name/version`, `models:/name@alias` or another place that
            models load from.
        name: what clients call it; empty: the registered name, or that of the folder.
        allow_pickle, allow_code: what loading may do; see `runfold.models.load_model`.
    """

    uri: str
    name: str = ""
    allow_pickle: bool | None = None
    allow_code: bool | None = None

    @property
    def may_move(self) -> bool:
        """Whether the address may come to mean another version: an alias moves, a link is set anew."""
        return registered.may_move(self.uri) or Path(self.uri).is_symlink()

    def resolve(self) -> Found:
        """What the address means now.

        Raises:
            NotFound: there is no such model, version or alias.
        """
        if registered.is_registered(self.uri):
            version = registered.find_version(self.uri)
            return Found(version.uri, self.name or version.name, version.version)
        if self.may_move:
            target = Path(self.uri).resolve()
            return Found(str(target), self.name or Path(self.uri).name, target.name)
        last = self.uri.rstrip("/").rpartition("/")[2]
        if last in ("", ".", ".."):
            last = Path(last or ".").resolve().name
        return Found(self.uri, self.name or _UNFIT.sub("-", last).strip("-") or "model")

    def describe(self) -> tuple[Found, MLmodel]:
        """What the address means now and what the model says of itself, without loading it.

        Raises:
            NotFound: there is no such model.
            InvalidValue: what is there is no model.
        """
        found = self.resolve()
        with fetched_model(found.uri) as folder:
            return found, read_mlmodel(folder)

    def asks_for(self, found: Found) -> str:
        """The digest of the environment that a version is made for."""
        with fetched_model(found.uri) as folder:
            return recipe_digest(model_recipe(folder))

    def load(self, *, batching: bool = True) -> ServedModel:
        """Load what the address means now; raises what `runfold.models.load_model` does."""
        found = self.resolve()
        loaded = load_model(found.uri, allow_pickle=self.allow_pickle, allow_code=self.allow_code)
        return ServedModel(loaded, name=found.name, version=found.version, batching=batching)
