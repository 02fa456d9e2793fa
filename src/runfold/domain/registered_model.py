"""Registered models: a name, its immutable numbered versions, and movable pointers to them."""

from __future__ import annotations

import enum

import msgspec

from runfold.domain.ids import RunId
from runfold.domain.model_files import ModelFile, ModelFiles
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidState, InvalidValue


class Stage(enum.StrEnum):
    """MLflow's older way to say what a version is for; aliases replace it."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"

    @classmethod
    def parse(cls, text: str) -> Stage:
        """A stage in any case. Raises InvalidValue for another word."""
        for stage in cls:
            if stage.value.lower() == text.strip().lower():
                return stage
        raise InvalidValue(f"Invalid model version stage {text!r}: use one of {', '.join(cls)}.")


class VersionStatus(enum.StrEnum):
    """Whether a version may be used, in MLflow's words. Large models are PENDING while a server reads their files."""

    PENDING = "PENDING_REGISTRATION"
    READY = "READY"
    FAILED = "FAILED_REGISTRATION"


def not_ready(name: str, version: int, status: VersionStatus, message: str) -> InvalidState:
    """Why a version cannot be loaded, copied, or be what an alias points to."""
    if status is VersionStatus.FAILED:
        return InvalidState(f"The registration of {name!r} version {version} failed: {message}")
    return InvalidState(
        f"{name!r} version {version} is being registered: the server still reads its files. Wait until it is READY."
    )


class ModelMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric as it was when the version was registered.

    Attributes:
        value: any float64, NaN and infinities too.
    """

    key: str
    value: float
    step: int = 0
    timestamp_ms: int = 0


class ModelDataset(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset that a version was made or measured with.

    Attributes:
        context: such as `training` or `eval`; empty if nobody said.
    """

    name: str
    digest: str
    context: str = ""


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What lets people find a version and judge it. Empty texts: unknown.

    Attributes:
        algorithm: in words, such as `gradient boosting`.
        framework: the package that made it, such as `lightgbm`.
        task: such as `classification`.
        target_platform: where it is meant to run, such as `cpu` or `edge`.
        owner: who answers questions about it.
        licence: such as `Apache-2.0`.
        flavours: names in its `MLmodel` file.
        serialisation: how the weights are kept, such as `skops` or `cloudpickle`.
        signature: JSON text with `inputs`, `outputs` and `params`, as in the `MLmodel` file.
    """

    algorithm: str = ""
    framework: str = ""
    framework_version: str = ""
    task: str = ""
    target_platform: str = ""
    owner: str = ""
    licence: str = ""
    flavours: tuple[str, ...] = ()
    serialisation: str = ""
    signature: str = ""
    metrics: tuple[ModelMetric, ...] = ()
    params: dict[str, str] = {}
    datasets: tuple[ModelDataset, ...] = ()


def completed(card: ModelCard, other: ModelCard) -> ModelCard:
    """A card with what it lacks taken from another."""
    missing = {name: getattr(other, name) for name in card.__struct_fields__ if not getattr(card, name)}
    return msgspec.structs.replace(card, **missing)


class CardChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a card. None: leave it as it is; an empty value: forget it."""

    algorithm: str | None = None
    framework: str | None = None
    framework_version: str | None = None
    task: str | None = None
    target_platform: str | None = None
    owner: str | None = None
    licence: str | None = None
    flavours: tuple[str, ...] | None = None
    serialisation: str | None = None
    signature: str | None = None
    metrics: tuple[ModelMetric, ...] | None = None
    params: dict[str, str] | None = None
    datasets: tuple[ModelDataset, ...] | None = None

    def applied_to(self, card: ModelCard) -> ModelCard:
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.structs.replace(card, **{name: value for name, value in values.items() if value is not None})


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a registered model.

    Attributes:
        version: from 1, never used again after a delete.
        status_message: why its registration failed.
        source: as the caller named it.
        storage_location: where the files lie: the source, with `models:/` resolved.
        model_id: of the logged model that it is a version of; empty: none.
        aliases: that point to it now, by name.
        files: None: nobody has read them.
    """

    name: str
    version: int
    creation_time_ms: int
    last_update_time_ms: int
    status: VersionStatus = VersionStatus.READY
    status_message: str = ""
    stage: Stage = Stage.NONE
    description: str = ""
    user_id: str = ""
    source: str = ""
    storage_location: str = ""
    run_id: RunId = ""
    run_link: str = ""
    model_id: str = ""
    tags: dict[str, str] = {}
    aliases: tuple[str, ...] = ()
    card: ModelCard = ModelCard()
    files: ModelFiles | None = None
    workspace: str = DEFAULT_WORKSPACE

    def check_ready(self) -> None:
        """Raises InvalidState while it is being registered, and when that failed."""
        if self.status is not VersionStatus.READY:
            raise not_ready(self.name, self.version, self.status, self.status_message)


class RegisteredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A name with its versions.

    Attributes:
        aliases: name to version.
        newest: the version with the highest number that is ready; None: there is none.
        latest_versions: the newest ready version of each stage that has any, in the order of the stages' words.
        n_versions: those that are there, ready or not.
    """

    name: str
    creation_time_ms: int
    last_update_time_ms: int
    description: str = ""
    user_id: str = ""
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    newest: ModelVersion | None = None
    latest_versions: tuple[ModelVersion, ...] = ()
    n_versions: int = 0
    workspace: str = DEFAULT_WORKSPACE


class NewModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version to be created.

    Attributes:
        files, card: what is known beforehand; metrics, params and datasets of the run are added by the store.
        listing: the files one by one, as `files` sums them up; empty: nobody counted them.
        status: PENDING: a server still has to read the files.
    """

    name: str
    source: str
    run_id: RunId = ""
    run_link: str = ""
    model_id: str = ""
    description: str = ""
    user_id: str = ""
    tags: dict[str, str] = {}
    card: ModelCard = ModelCard()
    files: ModelFiles | None = None
    listing: tuple[ModelFile, ...] = ()
    status: VersionStatus = VersionStatus.READY


class PendingVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version that one server has taken to read its files.

    Attributes:
        number: of its row, which stays when the model is renamed.
        n_attempts: this one included; what an earlier attempt writes is refused.
    """

    number: int
    version: ModelVersion
    n_attempts: int


class AliasMove(msgspec.Struct, frozen=True, kw_only=True):
    """One change of an alias.

    Attributes:
        version: where it points from then on; None: it was removed, or its version was deleted.
        reason: in the words of who moved it; empty if they gave none.
    """

    alias: str
    version: int | None
    time_ms: int
    user_id: str = ""
    reason: str = ""


PROMPT_TAG = "mlflow.prompt.is_prompt"
"""A registered model that carries this tag with the value `true` is a prompt, and no model."""


def is_prompt(tags: dict[str, str]) -> bool:
    return tags.get(PROMPT_TAG, "").lower() == "true"
