"""The trash, what takes up space, and the server itself."""

from __future__ import annotations

from runfold.wire.messages.base import Message
from runfold.wire.messages.experiments import ExperimentMessage
from runfold.wire.messages.runs import RunRecordInfo


class ListTrash(Message, frozen=True, kw_only=True):
    max_results: int = 1000
    page_token: str = ""


class ListTrashReply(Message, frozen=True, kw_only=True):
    """Deleted experiments come with the first page; runs in the order of their start, newest first."""

    experiments: tuple[ExperimentMessage, ...]
    runs: tuple[RunRecordInfo, ...]
    next_page_token: str = ""


class Purge(Message, frozen=True, kw_only=True):
    """
    Attributes:
        run_ids, experiment_ids: what to purge; neither: everything in the trash.
        older_than_ms: only what was deleted before this time.
        dry_run: change nothing and say what would go.
    """

    run_ids: tuple[str, ...] = ()
    experiment_ids: tuple[str, ...] = ()
    older_than_ms: int | None = None
    dry_run: bool = True


class PurgeReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_models: logged models.
        n_held: experiments and runs that stay in the trash, since registered versions have their files there.
        n_files, n_bytes: files that go with the records, as far as this server can reach them.
        unreachable: folders whose files this server does not keep; remove them where they lie.
    """

    n_experiments: int
    n_runs: int
    n_points: int
    n_files: int
    n_bytes: int
    is_dry_run: bool
    unreachable: tuple[str, ...]
    n_models: int = 0
    n_held: int = 0


class MeasureStorage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        experiment_id: one experiment, run by run; empty: all experiments.
    """

    experiment_id: str = ""


class StorageUse(Message, frozen=True, kw_only=True):
    """
    Attributes:
        experiment_id, run_id, name: what takes the space; the run is absent in a listing of experiments.
    """

    experiment_id: str
    name: str
    n_files: int
    n_bytes: int
    run_id: str | None = None


class MeasureStorageReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_complete: False when there were more files than the server counts for one answer.
    """

    uses: tuple[StorageUse, ...]
    n_bytes: int
    is_complete: bool


class MeasureRecordsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_bytes: what the database takes up, indexes included.
        n_free_bytes: of these, kept for later records.
    """

    n_bytes: int
    n_free_bytes: int


class ServerInfo(Message, frozen=True, kw_only=True):
    """What a client may want to know before it starts.

    Attributes:
        mlflow_version: the release of MLflow whose calls this server answers.
        api_versions: of `/api/runfold/`.
        sign_in_provider: what it is called, where one may sign in by OpenID Connect.
        sign_in_issuer: the same, as its tokens say it.
    """

    name: str
    version: str
    mlflow_version: str
    api_versions: tuple[str, ...]
    max_body_bytes: int
    max_artifact_bytes: int
    max_history_points: int
    artifact_root: str
    is_authenticated: bool
    sign_in_provider: str = ""
    sign_in_issuer: str = ""
