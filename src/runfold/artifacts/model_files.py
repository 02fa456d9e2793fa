"""What the files of a model tell, read without running anything."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from runfold.artifacts.base import ArtifactStore, Reader
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.domain.registered_model import ModelCard, ModelFiles
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


class InspectedModel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        dangers: what the files would do when they are loaded, in sentences.
        has_document: there is an `MLmodel` file, from which the card comes.
    """

    card: ModelCard
    files: ModelFiles
    dangers: tuple[str, ...] = ()
    has_document: bool = False


def inspect_model(store: ArtifactStore, folder: ArtifactPath | None, *, scans: bool = True) -> InspectedModel:
    """Read the folder of a model: its `MLmodel` file, sizes, digest, and what pickles in it would do.

    Raises:
        InvalidValue: the `MLmodel` file cannot be read.
        LimitExceeded: there are too many files.
    """
    document = _read_document(store, folder)
    files, dangers = _read_files(store, folder, scans=scans)
    return InspectedModel(
        card=ModelCard() if document is None else card_of(document),
        files=files,
        dangers=dangers,
        has_document=document is not None,
    )


def digest_model(store: ArtifactStore, folder: ArtifactPath | None) -> ModelFiles:
    """Read all files again, for comparing them with what was there at registration.

    Whatever an `MLmodel` file holds by now is no reason not to say that it has changed.

    Raises:
        LimitExceeded: there are too many files.
    """
    return _read_files(store, folder, scans=False)[0]


def _read_files(
    store: ArtifactStore, folder: ArtifactPath | None, *, scans: bool
) -> tuple[ModelFiles, tuple[str, ...]]:
    digests: dict[str, str] = {}
    size = 0
    dangers: list[str] = []
    for info in walk(store, folder):
        if len(digests) == MAX_FILES:
            raise LimitExceeded(f"The model has more than {MAX_FILES} files.")
        path = info.path.relative_to(folder).text
        with store.open_read(info.path) as reader:
            digests[path], n_bytes, found = _read_file(path, reader, scans=scans)
        size += n_bytes
        dangers += found
    digest = _digest_of(digests) if digests else ""
    return ModelFiles(size_bytes=size, n_files=len(digests), digest=digest), tuple(dangers)


def _digest_of(digests: dict[str, str]) -> str:
    """Of the lines that `sha256sum` prints for the files in the order of their paths."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


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


def _read_file(path: str, reader: Reader, *, scans: bool) -> tuple[str, int, list[str]]:
    """Digest, size and dangers of one file."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        descriptor = reader.fileno()
        for chunk in reader:
            digest.update(chunk)
            size += len(chunk)
            if scans and descriptor is None:
                copy.write(chunk)
        if not scans:
            return digest.hexdigest(), size, []
        if descriptor is None:
            copy.seek(0)
            return digest.hexdigest(), size, _dangers(path, copy)  # type: ignore[arg-type]
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(0)
            return digest.hexdigest(), size, _dangers(path, file)


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
