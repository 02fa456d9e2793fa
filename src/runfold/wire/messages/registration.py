"""A finished run in one document."""

from __future__ import annotations

import msgspec

from runfold.wire.messages.base import Message, RunStatusName
from runfold.wire.messages.datasets import DatasetUseMessage
from runfold.wire.messages.runs import RunRecord


class PointMessage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`[step, timestamp_ms, value]`."""

    step: int
    timestamp_ms: int
    value: float


class InlineArtifact(Message, frozen=True, kw_only=True):
    """A file of the run: its content in base64 or as text, or the URI where it already lies.

    Attributes:
        path: where the file belongs, relative to the run.
        base64, text: the content; exactly one of `base64`, `text` and `uri` is given.
        uri: where the file lies; kept as a reference, never fetched by the server.
    """

    path: str
    base64: str | None = None
    text: str | None = None
    uri: str | None = None


class SourceMessage(Message, frozen=True, kw_only=True):
    """Where the code of a run came from."""

    name: str = ""
    type: str = ""
    git_commit: str = ""
    git_branch: str = ""
    git_repo_url: str = ""
    entry_point: str = ""


class RegisterRun(Message, frozen=True, kw_only=True):
    """A whole run, recorded all or nothing.

    Attributes:
        experiment_id, experiment_name: one of them; a name that does not exist yet is created.
        metrics: per key the points `[step, timestamp_ms, value]`.
        environment: such as `{"python": "3.12.3", "numpy": "2.1"}`; kept as tags `runfold.env.<name>`.
        idempotency_key: registering again under the same key answers the first run and writes nothing.
    """

    experiment_id: str = ""
    experiment_name: str = ""
    run_id: str | None = None
    run_name: str = ""
    user_id: str = ""
    status: RunStatusName = RunStatusName.FINISHED
    start_time_ms: int = 0
    end_time_ms: int | None = None
    parent_run_id: str | None = None
    params: dict[str, str | int | float | bool] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, tuple[PointMessage, ...]] = {}
    datasets: tuple[DatasetUseMessage, ...] = ()
    artifacts: tuple[InlineArtifact, ...] = ()
    source: SourceMessage = SourceMessage()
    environment: dict[str, str] = {}
    description: str = ""
    idempotency_key: str = ""


class RegisterRunReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_new: whether this call created the run.
    """

    run: RunRecord
    is_new: bool


class RegisterLineReply(Message, frozen=True, kw_only=True):
    """The answer to one line of a stream of documents: the run, or what was wrong with it.

    Attributes:
        line: the number of the line, from 1.
    """

    line: int
    run_id: str = ""
    is_new: bool = False
    error_code: str = ""
    message: str = ""
