"""Images and tables, kept as MLflow keeps them, so that its tools and ours show them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runfold.artifacts.base import ArtifactStore
from runfold.domain.artifact import ArtifactPath
from runfold.errors import InvalidValue, MissingDependency, NotFound, Unavailable
from runfold.tracking import active, images, tables
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.fluent import queries
from runfold.tracking.fluent.artifacts import log_text, new_file
from runfold.tracking.fluent.runs import run_to_log_to
from runfold.tracking.loggables import now_ms
from runfold.tracking.tables import Table

if TYPE_CHECKING:
    import pandas

LOGGED_ARTIFACTS_TAG = "mlflow.loggedArtifacts"
LOGGED_IMAGES_TAG = "mlflow.loggedImages"


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = None,
) -> None:
    """Keep an image with the current run, once or as one of a series.

    Args:
        image: a numpy array (height, width[, channels]) of uint8, bool, or floats in [0, 1]; a PIL image; or an
            object with `to_pil()` or `numpy()`.
        artifact_file: path of the file below the run's artifacts; the ending decides the format.
        key: name of the series, instead of a file.
        step: of the series; None: 0.
        timestamp: Unix time in milliseconds; None: now.
        synchronous: accepted for MLflow's sake; the image is always uploaded before the call returns.

    Raises:
        InvalidValue: neither or both of `artifact_file` and `key` are given, or the values are out of range.
        MissingDependency: Pillow is not installed.
    """
    if bool(artifact_file) == bool(key):
        raise InvalidValue("Give either artifact_file, or key (with step) for a series.")
    picture = images.to_pil(image)
    if artifact_file:
        with new_file(artifact_file) as file:
            picture.save(file)
        return
    assert key is not None
    stem = images.series_stem(key, 0 if step is None else step, now_ms() if timestamp is None else timestamp)
    with new_file(f"images/{stem}.png") as file:
        picture.save(file)
    with new_file(f"images/{stem}%compressed.webp") as file:
        images.thumbnail(picture).save(file)
    run_to_log_to().recorder.set_tags({LOGGED_IMAGES_TAG: True})


def log_table(data: Mapping[str, Any] | pandas.DataFrame, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a table as JSON; logging to the same file again adds rows.

    Args:
        data: a data frame, or a mapping from column names to lists (or to single values, for one row).
        artifact_file: path that ends with .json.

    Raises:
        InvalidValue: the name does not end with .json, or the columns are not equally long.

    Example:
        >>> import runfold
        >>> with runfold.start_run() as run:
        ...     runfold.log_table({"question": ["1+1", "2+2"], "answer": [2, 4]}, "answers.json")
    """
    if not artifact_file.endswith(".json"):
        raise InvalidValue(f"{artifact_file!r} must end with .json: tables are kept in that format.")
    run = run_to_log_to(run_id)
    if artifact_file not in run.tables:
        run.tables[artifact_file] = _read_logged(run, artifact_file)
    table = run.tables[artifact_file] = run.tables[artifact_file].with_rows(tables.from_data(data))
    log_text(table.to_json(), artifact_file, run.info.run_id)
    logged = [{"path": path, "type": "table"} for path in run.tables]
    run.recorder.set_tags({LOGGED_ARTIFACTS_TAG: json.dumps(logged)})


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pandas.DataFrame:
    """Read a table that `log_table` kept, from several runs into one data frame.

    Args:
        run_ids: None: the runs of the experiment that runs go to now which have this table.
        extra_columns: what of each run to add: `run_id`, `experiment_id`, `status`, `start_time` and the like.

    Raises:
        NotFound: none of the runs has the table.
        MissingDependency: pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise MissingDependency("pandas", needed_for="load_table", extra="pandas") from None
    found = queries.search_runs(output_format="list") if run_ids is None else [queries.get_run(one) for one in run_ids]
    frames = []
    for run in found:
        with active.session().open_files(run.info.artifact_uri) as store:
            table = _read(store, artifact_file)
        if table is not None:
            frame = pandas.DataFrame(table.rows, columns=list(table.columns))
            frames.append(frame.assign(**{name: getattr(run.info, name) for name in extra_columns or ()}))
    if not frames:
        raise NotFound("table", artifact_file)
    return pandas.concat(frames, ignore_index=True)


def _read_logged(run: ActiveRun, path: str) -> Table:
    """The table as an earlier process left it; an empty one if there is none, or nobody can be asked."""
    if not run.info.artifact_uri or run.session.is_offline:
        return Table()
    try:
        with run.session.open_files(run.info.artifact_uri) as store:
            return _read(store, path) or Table()
    except Unavailable:
        return Table()


def _read(store: ArtifactStore, path: str) -> Table | None:
    try:
        with store.open_read(ArtifactPath(path)) as reader:
            return Table.from_json(reader.read())
    except NotFound:
        return None
