"""What the files of a model tell, read without running anything."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from runfold.artifacts.base import ArtifactStore, Reader
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.domain.model_files import ModelFile, ModelFiles, summed_up
from runfold.domain.registered_model import ModelCard
from runfold.errors import LimitExceeded, NotFound
from runfold.mlmodel.document import FILE_NAME, MAX_BYTES, MLmodel, parse_mlmodel
from runfold.mlmodel.scan import scan_file
from runfold.mlmodel.schema_json import signature_to_dict

MAX_FILES = 10_000
_IN_MEMORY = 8 * 2**20
_PICKLES = (".pkl", ".pickle")

# Words for what estimators are, by a part of the name of their class.
_ALGORITHMS = (
    ("gradient boosting", ("GradientBoosting", "LGBM", "XGB", "CatBoost", "Booster")),
    ("random forest", ("RandomForest",)),
    ("extra trees", ("ExtraTrees",)),
    ("decision tree", ("DecisionTree",)),
    ("logistic regression", ("LogisticRegression",)),
    ("linear regression", ("LinearRegression", "Ridge", "Lasso", "ElasticNet")),
    ("support vector machine", ("SVC", "SVR")),
    ("nearest neighbours", ("KNeighbors",)),
    ("neural network", ("MLPClassifier", "MLPRegressor")),
    ("naive Bayes", ("GaussianNB", "MultinomialNB", "BernoulliNB")),
    ("k-means", ("KMeans",)),
)
_BY_FRAMEWORK = {
    **dict.fromkeys(("lightgbm", "xgboost", "catboost"), "gradient boosting"),
    **dict.fromkeys(("pytorch", "tensorflow", "keras"), "neural network"),
}
_FRAMEWORKS = {"sklearn": "scikit-learn"}
_VERSIONS = {"lightgbm": "lgb_version", "xgboost": "xgb_version", "spark": "pyspark_version"}
_TASKS = (("Classifier", "classification"), ("Regressor", "regression"), ("Cluster", "clustering"))


OnRead = Callable[[], None]


def _nothing() -> None:
    pass


class InspectedModel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        listing: the files one by one, by path.
        dangers: what the files would do when they are loaded, in sentences.
        has_document: there is an `MLmodel` file, from which the card comes.
    """

    card: ModelCard
    files: ModelFiles
    listing: tuple[ModelFile, ...] = ()
    dangers: tuple[str, ...] = ()
    has_document: bool = False


def inspect_model(
    store: ArtifactStore, folder: ArtifactPath | None, *, scans: bool = True, on_read: OnRead = _nothing
) -> InspectedModel:
    """Read the folder of a model: its `MLmodel` file, sizes, digest, and what pickles in it would do.

    Args:
        on_read: called for each piece that is read; what it raises ends the reading.

    Raises:
        InvalidValue: the `MLmodel` file cannot be read.
        LimitExceeded: there are too many files.
    """
    card = read_card(store, folder)
    listing, dangers = _read_files(store, folder, scans=scans, on_read=on_read)
    return InspectedModel(
        card=card or ModelCard(),
        files=summed_up(listing),
        listing=listing,
        dangers=dangers,
        has_document=card is not None,
    )


def read_card(store: ArtifactStore, folder: ArtifactPath | None) -> ModelCard | None:
    """What the `MLmodel` file tells; None: there is none. Raises InvalidValue when it cannot be read."""
    document = _read_document(store, folder)
    return None if document is None else card_of(document)


def is_small(store: ArtifactStore, folder: ArtifactPath | None, *, max_bytes: int, max_files: int) -> bool:
    """Whether a model has no more than that; nothing but names and sizes is read."""
    size = 0
    for number, info in enumerate(walk(store, folder), 1):
        size += info.size or 0
        if number > max_files or size > max_bytes:
            return False
    return True


def digest_model(store: ArtifactStore, folder: ArtifactPath | None) -> tuple[ModelFile, ...]:
    """Read all files again, for comparing them with what was there at registration.

    Whatever an `MLmodel` file holds by now is no reason not to say that it has changed.

    Raises:
        LimitExceeded: there are too many files.
    """
    return _read_files(store, folder, scans=False, on_read=_nothing)[0]


def _read_files(
    store: ArtifactStore, folder: ArtifactPath | None, *, scans: bool, on_read: OnRead
) -> tuple[tuple[ModelFile, ...], tuple[str, ...]]:
    listing: list[ModelFile] = []
    dangers: list[str] = []
    for info in walk(store, folder):
        if len(listing) == MAX_FILES:
            raise LimitExceeded(f"The model has more than {MAX_FILES} files.")
        path = info.path.relative_to(folder).text
        with store.open_read(info.path) as reader:
            file, found = _read_file(path, reader, scans=scans, on_read=on_read)
        listing.append(file)
        dangers += found
    return tuple(sorted(listing, key=lambda file: file.path)), tuple(dangers)


def walk(store: ArtifactStore, folder: ArtifactPath | None) -> Iterator[FileInfo]:
    """All files below a folder."""
    pending = [folder]
    while pending:
        for info in store.list_folder(pending.pop()):
            if info.is_dir:
                pending.append(info.path)
            else:
                yield info


def _read_document(store: ArtifactStore, folder: ArtifactPath | None) -> MLmodel | None:
    try:
        with store.open_read(join(folder, ArtifactPath(FILE_NAME)), stop=MAX_BYTES + 1) as reader:
            return parse_mlmodel(reader.read())
    except (NotFound, IsADirectoryError):
        return None


def _read_file(path: str, reader: Reader, *, scans: bool, on_read: OnRead) -> tuple[ModelFile, list[str]]:
    """A file, and its dangers."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        descriptor = reader.fileno()
        for chunk in reader:
            on_read()
            digest.update(chunk)
            size += len(chunk)
            if scans and descriptor is None:
                copy.write(chunk)
        file = ModelFile(path=path, size_bytes=size, sha256=digest.hexdigest())
        if not scans:
            return file, []
        if descriptor is None:
            copy.seek(0)
            return file, _dangers(path, copy)  # type: ignore[arg-type]
        with os.fdopen(os.dup(descriptor), "rb") as source:
            source.seek(0)
            return file, _dangers(path, source)


def _dangers(path: str, file: BinaryIO) -> list[str]:
    report = scan_file(path, file, is_pickle=path.lower().endswith(_PICKLES))
    return [str(finding) for finding in report.dangerous]


def card_of(document: MLmodel) -> ModelCard:
    """What an `MLmodel` file tells of a model. Its `metadata` wins, where it has keys of the same names."""
    flavour = next(iter(document.native_flavors), "")
    conf = document.flavors.get(flavour, {})
    framework = _FRAMEWORKS.get(flavour, flavour)
    estimator = _text(conf, "model_class", "estimator_class", "model_type")
    told = document.metadata
    return ModelCard(
        algorithm=_text(told, "algorithm") or algorithm_of(estimator) or _BY_FRAMEWORK.get(flavour, ""),
        framework=_text(told, "framework") or framework,
        framework_version=_version_of(flavour, conf),
        task=_text(told, "task") or _text(conf, "task") or task_of(estimator),
        target_platform=_text(told, "target_platform"),
        owner=_text(told, "owner"),
        licence=_text(told, "licence", "license"),
        flavours=tuple(sorted(document.flavors)),
        serialisation=_serialisation_of(flavour, conf, document.pyfunc or {}),
        signature="" if document.signature is None else json.dumps(signature_to_dict(document.signature)),
    )


def algorithm_of(estimator: str) -> str:
    """In words, by the name of a class; empty: nobody knows."""
    return next((words for words, parts in _ALGORITHMS if any(part in estimator for part in parts)), "")


def task_of(estimator: str) -> str:
    return next((task for part, task in _TASKS if part in estimator), "")


def _version_of(flavour: str, conf: dict[str, object]) -> str:
    named = _text(conf, _VERSIONS.get(flavour, f"{flavour}_version"))
    others = (str(value) for key, value in conf.items() if key.endswith("_version") and key != "python_version")
    return named or next(others, "")


def _serialisation_of(flavour: str, conf: dict[str, object], pyfunc: dict[str, object]) -> str:
    told = _text(conf, "serialization_format", "model_format", "save_format")
    if told:
        return told
    if flavour in ("onnx", "spark", "lightgbm"):
        return flavour
    if flavour == "pytorch":
        return "pickle"
    if "model_code_path" in pyfunc:
        return "code"
    return "cloudpickle" if "python_model" in pyfunc else ""


def _text(conf: dict[str, object], *names: str) -> str:
    """The first of some keys that has a text."""
    return next((value for name in names if isinstance(value := conf.get(name), str)), "")[:250]
