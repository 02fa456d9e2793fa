"""The explicit client: every call names its run, goes to the store at once, and is durable when it returns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.transfer import download, upload_file, upload_folder
from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath, join
from runfold.domain.dataset import Dataset, DatasetUse, DatasetVersion
from runfold.domain.experiment import Experiment
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RegisteredRun, RunBatch
from runfold.domain.states import RunStatus, ViewType
from runfold.errors import InvalidValue
from runfold.stores.base import ExperimentQuery, RunQuery, TrackingStore
from runfold.tracking import address, settings
from runfold.tracking.loggables import Pairs, PointLike, now_ms, points_of, texts_of
from runfold.tracking.model_client import ModelClient
from runfold.tracking.paged_list import PagedList
from runfold.tracking.run_view import FileView, PointView, RunView
from runfold.tracking.session import Session

_HISTORY_PAGE = 25_000


class Client(ModelClient):
    """Reads and writes runs, experiments and registered models of one store; for tools, services and tests.

    A training loop is better off with the functions of the package, which wait for no network. What a call
    raises stands with the method of the same name in `runfold.stores.base`. Safe from any thread.

    Attributes:
        store: for what has no method here.

    Example:
        >>> import runfold
        >>> with runfold.Client() as client:
        ...     run = client.create_run("0", run_name="by hand")
        ...     client.log_metric(run.info.run_id, "loss", 0.5, step=1)
        ...     client.set_terminated(run.info.run_id)
        ...     client.get_run(run.info.run_id).info.status
        'FINISHED'
    """

    def __init__(self, tracking_uri: str | None = None) -> None:
        """
        Args:
            tracking_uri: as for `set_tracking_uri`; None: from the settings.
        """
        client_settings = settings.load()
        self._session = Session(address.resolve(tracking_uri or client_settings.tracking_uri), client_settings)

    @property
    def store(self) -> TrackingStore:
        return self._session.store

    @property
    def tracking_uri(self) -> str:
        return self._session.uri

    def close(self) -> None:
        """Let go of connections. Twice is harmless."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- experiments

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        return self.store.create_experiment(name, artifact_location=artifact_location or "", tags=texts_of(tags))

    def get_experiment(self, experiment_id: str) -> Experiment:
        return self.store.get_experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        return self.store.find_experiment_by_name(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        page = self.store.search_experiments(
            ExperimentQuery(
                filter=filter_string or "",
                order_by=tuple(order_by or ()),
                view_type=ViewType(view_type),
                max_results=max_results,
                page_token=page_token or "",
            )
        )
        return PagedList(page.items, page.next_token)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        self.store.rename_experiment(experiment_id, new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        self.store.delete_experiment(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        self.store.restore_experiment(experiment_id)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        self.store.set_experiment_tag(experiment_id, key, str(value))

    # --- runs

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> RunView:
        """Start a run. It ends with `set_terminated`, not with the process."""
        texts = texts_of(tags)
        new = NewRun(
            experiment_id=str(experiment_id),
            run_name=run_name or "",
            user_id=texts.get(known_tags.USER, ""),
            start_time_ms=now_ms() if start_time is None else start_time,
            tags=texts,
        )
        return RunView(self.store.create_run(new))

    def register_run(self, run: FinishedRun) -> RegisteredRun:
        return self.store.register_run(run)

    def get_run(self, run_id: str) -> RunView:
        return RunView(self.store.get_run(run_id))

    def get_parent_run(self, run_id: str) -> RunView | None:
        parent = self.store.get_run(run_id).info.parent_run_id
        return None if parent is None else self.get_run(parent)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        self.store.update_run(run_id, status=None if status is None else _status(status), run_name=name or "")

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """End a run, as FINISHED and now unless told otherwise."""
        end_time_ms = now_ms() if end_time is None else end_time
        self.store.update_run(run_id, status=_status(status or "FINISHED"), end_time_ms=end_time_ms)

    def delete_run(self, run_id: str) -> None:
        self.store.delete_runs([run_id])

    def restore_run(self, run_id: str) -> None:
        self.store.restore_runs([run_id])

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RunView]:
        page = self.store.search_runs(
            RunQuery(
                experiment_ids=tuple(experiment_ids),
                filter=filter_string or "",
                order_by=tuple(order_by or ()),
                view_type=ViewType(run_view_type),
                max_results=max_results,
                page_token=page_token or "",
            )
        )
        return PagedList(map(RunView, page.items), page.next_token)

    # --- what runs log

    def log_metric(
        self, run_id: str, key: str, value: float, timestamp: int | None = None, step: int | None = None
    ) -> None:
        time_ms = now_ms() if timestamp is None else timestamp
        self.log_batch(run_id, metrics=[Metric(key, float(value), time_ms, step or 0)])

    def log_param(self, run_id: str, key: str, value: Any) -> Any:
        self.log_batch(run_id, params={key: value})
        return value

    def set_tag(self, run_id: str, key: str, value: Any) -> None:
        self.store.set_tag(run_id, key, str(value))

    def delete_tag(self, run_id: str, key: str) -> None:
        self.store.delete_tag(run_id, key)

    def log_batch(
        self, run_id: str, metrics: Iterable[PointLike] = (), params: Pairs | None = None, tags: Pairs | None = None
    ) -> None:
        """Write points, params and tags: all or nothing. The forms are those of `runfold.log_batch`."""
        batch = RunBatch(
            metrics=points_of(metrics), params=tuple(texts_of(params).items()), tags=tuple(texts_of(tags).items())
        )
        self.store.log_batch(run_id, batch)

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetUse]) -> None:
        self.store.log_inputs(run_id, datasets)

    def list_datasets(self, *, name: str = "", text: str = "", max_results: int = 1000) -> tuple[DatasetVersion, ...]:
        """The datasets of the workspace by name and digest, newest first: of a name, or whose name contains a text."""
        return self.store.list_datasets(name=name, text=text, max_results=max_results).items

    def get_dataset(self, name: str, digest: str) -> Dataset:
        """Source, schema and profile of a dataset, as they were recorded last."""
        return self.store.get_dataset(name, digest)

    def get_metric_history(self, run_id: str, key: str) -> list[PointView]:
        """All points of a metric by (timestamp, step, value)."""
        points: list[PointView] = []
        token = ""
        while True:
            page = self.store.get_metric_history(run_id, key, max_results=_HISTORY_PAGE, page_token=token)
            points += map(PointView, page.items)
            token = page.next_token
            if not token:
                return points

    # --- files of runs

    def log_artifact(self, run_id: str, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Upload a file, or a folder under its own name."""
        source = Path(local_path)
        target = join(ArtifactPath.or_root(artifact_path or ""), source.resolve().name)
        with self._files(run_id) as files:
            if source.is_dir():
                upload_folder(files, source, target)
            else:
                upload_file(files, source, target)

    def log_artifacts(self, run_id: str, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Upload what a folder holds."""
        with self._files(run_id) as files:
            upload_folder(files, Path(local_dir), ArtifactPath.or_root(artifact_path or ""))

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        content = text.encode()
        with self._files(run_id) as files, files.write(ArtifactPath(artifact_file), size=len(content)) as writer:
            writer.write(content)

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Upload a dictionary or list as JSON."""
        self.log_text(run_id, json.dumps(dictionary, indent=2, default=str), artifact_file)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileView]:
        with self._files(run_id) as files:
            return [FileView(info) for info in files.list_folder(ArtifactPath.or_root(path or ""))]

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path) -> str:
        """Fetch a file or folder of a run (empty path: all) into a folder; returns where it lies."""
        folder = Path(dst_path)
        folder.mkdir(parents=True, exist_ok=True)
        with self._files(run_id) as files:
            return str(download(files, ArtifactPath.or_root(path), folder / Path(path).name))

    def delete_artifact(self, run_id: str, path: str) -> None:
        """Remove a file or folder of a run; what is absent is success."""
        with self._files(run_id) as files:
            files.delete(ArtifactPath(path))

    def _files(self, run_id: str) -> ArtifactStore:
        return self._session.open_files(self.store.get_run(run_id).info.artifact_uri)


MlflowClient = Client
"""The name under which scripts written for MLflow ask for it."""


def _status(name: str) -> RunStatus:
    try:
        return RunStatus[name]
    except KeyError:
        raise InvalidValue(f"{name!r} is no run status; use one of {', '.join(RunStatus.__members__)}.") from None
