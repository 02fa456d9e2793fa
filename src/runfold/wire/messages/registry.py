"""Registered models and versions with all that is known of them; aliases with their history."""

from __future__ import annotations

import enum

from runfold.wire.messages.artifacts import FileInfoMessage
from runfold.wire.messages.base import Message, Number


class ScanWord(enum.StrEnum):
    """`domain.model_policy.Scan`."""

    REFUSE = "refuse"
    OFF = "off"


class CardMetric(Message, frozen=True, kw_only=True):
    """A metric as it was when the version was registered."""

    key: str
    value: Number
    step: int = 0
    timestamp_ms: int = 0


class CardDataset(Message, frozen=True, kw_only=True):
    """
    Attributes:
        context: such as `training` or `eval`.
    """

    name: str
    digest: str
    context: str = ""


class ModelCardMessage(Message, frozen=True, kw_only=True):
    """What lets people find a version and judge it. Empty: unknown.

    Attributes:
        algorithm: in words, such as `gradient boosting`.
        framework: the package that made it, such as `lightgbm`.
        target_platform: where it is meant to run, such as `cpu` or `edge`.
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
    metrics: tuple[CardMetric, ...] = ()
    params: dict[str, str] = {}
    datasets: tuple[CardDataset, ...] = ()


class ModelFilesMessage(Message, frozen=True, kw_only=True):
    """The files of a version as they were at registration.

    Attributes:
        digest: `sha256:<hex>` over paths and contents; empty: they were not read.
    """

    size_bytes: int
    n_files: int
    digest: str = ""


class ModelFileMessage(Message, frozen=True, kw_only=True):
    """One file of a version.

    Attributes:
        path: relative to the folder of the model.
        sha256: of its content, in hex.
    """

    path: str
    size_bytes: int
    sha256: str


class VersionStatusWord(enum.StrEnum):
    """`domain.registered_model.VersionStatus`: MLflow's words."""

    PENDING_REGISTRATION = "PENDING_REGISTRATION"
    READY = "READY"
    FAILED_REGISTRATION = "FAILED_REGISTRATION"


class ModelVersionRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        storage_location: where the files lie: the source with `models:/` resolved.
        files: absent: nobody has read them.
        status: a large model is pending while the server reads its files, and cannot be used until it is ready.
        status_message: why its registration failed.
    """

    name: str
    version: int
    creation_time_ms: int
    last_update_time_ms: int
    stage: str
    source: str
    storage_location: str
    card: ModelCardMessage
    description: str = ""
    user_id: str = ""
    run_id: str = ""
    run_link: str = ""
    model_id: str = ""
    tags: dict[str, str] = {}
    aliases: tuple[str, ...] = ()
    files: ModelFilesMessage | None = None
    status: VersionStatusWord = VersionStatusWord.READY
    status_message: str = ""


class RegisteredModelRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        aliases: name to version.
        newest: the version with the highest number that is ready; absent: there is none.
        latest_versions: the newest ready version of each stage.
    """

    name: str
    creation_time_ms: int
    last_update_time_ms: int
    n_versions: int
    description: str = ""
    user_id: str = ""
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    newest: ModelVersionRecord | None = None
    latest_versions: tuple[ModelVersionRecord, ...] = ()


class CreateModelRecord(Message, frozen=True, kw_only=True):
    name: str
    description: str = ""
    user_id: str = ""
    tags: dict[str, str] = {}


class GetModelRecord(Message, frozen=True, kw_only=True):
    name: str


class ModelRecordReply(Message, frozen=True, kw_only=True):
    model: RegisteredModelRecord


class SearchModelRecords(Message, frozen=True, kw_only=True):
    """What a model does not have itself is that of its newest version: `algorithm`, `metrics.auc`, ..."""

    filter: str = ""
    order_by: tuple[str, ...] = ()
    max_results: int = 100
    page_token: str = ""


class SearchModelRecordsReply(Message, frozen=True, kw_only=True):
    models: tuple[RegisteredModelRecord, ...]
    next_page_token: str = ""


class RegisterModelVersion(Message, frozen=True, kw_only=True):
    """
    Attributes:
        source: where the files lie; `models:/name/version` copies a version, with what is known of it.
        card: what is told here wins over what the `MLmodel` file and the run say.
        files: of a source that the server cannot read; what it can read it counts itself.
        listing: the same files one by one.
    """

    name: str
    source: str
    run_id: str = ""
    run_link: str = ""
    model_id: str = ""
    description: str = ""
    user_id: str = ""
    tags: dict[str, str] = {}
    card: ModelCardMessage = ModelCardMessage()
    files: ModelFilesMessage | None = None
    listing: tuple[ModelFileMessage, ...] = ()


class VersionRecordReply(Message, frozen=True, kw_only=True):
    version: ModelVersionRecord


class GetVersionRecord(Message, frozen=True, kw_only=True):
    name: str
    version: int


class ListVersionFiles(Message, frozen=True, kw_only=True):
    """
    Attributes:
        path: of a folder of the version; empty: its own.
    """

    name: str
    version: int
    path: str = ""


class ListVersionFilesReply(Message, frozen=True, kw_only=True):
    """Paths are relative to the version, whatever folder is listed."""

    files: tuple[FileInfoMessage, ...]


class RegisteredFilesReply(Message, frozen=True, kw_only=True):
    """By path; none when the files were not read at registration, or by a release that kept no list."""

    files: tuple[ModelFileMessage, ...]


class SearchVersionRecords(Message, frozen=True, kw_only=True):
    filter: str = ""
    order_by: tuple[str, ...] = ()
    max_results: int = 100
    page_token: str = ""


class VersionRecordsReply(Message, frozen=True, kw_only=True):
    versions: tuple[ModelVersionRecord, ...]
    next_page_token: str = ""


class UpdateModelCard(Message, frozen=True, kw_only=True):
    """Fields that are absent stay as they are; an empty text forgets."""

    name: str
    version: int
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
    metrics: tuple[CardMetric, ...] | None = None
    params: dict[str, str] | None = None
    datasets: tuple[CardDataset, ...] | None = None


class FindVersionsAt(Message, frozen=True, kw_only=True):
    """
    Attributes:
        locations: URIs of folders, such as those of a run's artifacts.
        also_below: versions that lie in folders inside them, too.
    """

    locations: tuple[str, ...]
    also_below: bool = False


class MoveAlias(Message, frozen=True, kw_only=True):
    """
    Attributes:
        reason: kept in the history, in the words of who moves it.
    """

    name: str
    alias: str
    version: int
    user_id: str = ""
    reason: str = ""


class RemoveAlias(Message, frozen=True, kw_only=True):
    name: str
    alias: str
    user_id: str = ""
    reason: str = ""


class GetAliasAt(Message, frozen=True, kw_only=True):
    """
    Attributes:
        at_ms: ask where the alias pointed at this time; absent: where it points now.
    """

    name: str
    alias: str
    at_ms: int | None = None


class GetAliasHistory(Message, frozen=True, kw_only=True):
    """
    Attributes:
        alias: empty: the moves of all aliases of the model.
    """

    name: str
    alias: str = ""


class AliasMoveMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        version: where the alias pointed from then on; absent: it was removed.
    """

    alias: str
    time_ms: int
    version: int | None = None
    user_id: str = ""
    reason: str = ""


class AliasHistoryReply(Message, frozen=True, kw_only=True):
    """Newest first."""

    moves: tuple[AliasMoveMessage, ...]


class ModelPolicyMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        flavours: one of these must be among a model's; none: any will do.
        serialisations: how weights may be kept, such as `skops`; none: in any way.
        scan: `refuse` models whose files would run harmful code when they are loaded, or `off`; absent: as the
            policy of the server says, which refuses unless it is told otherwise.
        required: what must be told of a version when it is registered, such as `owner`.
    """

    flavours: tuple[str, ...] = ()
    serialisations: tuple[str, ...] = ()
    scan: ScanWord | None = None
    required: tuple[str, ...] = ()


class GetModelPolicy(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: of a registered model; empty: the policy of the server.
    """

    name: str = ""


class SetModelPolicy(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: of a registered model; empty: the policy of the server.
    """

    policy: ModelPolicyMessage
    name: str = ""
    user_id: str = ""


class ModelPolicyReply(Message, frozen=True, kw_only=True):
    policy: ModelPolicyMessage


class FileStateWord(enum.StrEnum):
    """`domain.model_files.FileState`."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


class FileCheckMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        registered, found: the file then and now; absent: it was, or is, not there.
    """

    path: str
    state: FileStateWord
    registered: ModelFileMessage | None = None
    found: ModelFileMessage | None = None


class VerifyReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_unchanged: the files are those that were registered.
        registered, found: the files then and now.
        files: what has become of each, by path; none for a version of a release that kept no list of them.
    """

    is_unchanged: bool
    registered: ModelFilesMessage
    found: ModelFilesMessage
    files: tuple[FileCheckMessage, ...] = ()
