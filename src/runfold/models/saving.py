"""Save a model as a folder."""

from __future__ import annotations

import platform
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runfold.errors import AlreadyExists, InvalidValue, RunfoldError
from runfold.mlmodel.document import FILE_NAME, PYFUNC, MLmodel, time_created, write_mlmodel
from runfold.mlmodel.schema import Schema, Signature
from runfold.models.digests import digest_of
from runfold.models.enforce import enforce_params
from runfold.models.example import Example, example_of, write_example
from runfold.models.flavor import Flavor, Saved, SaveOptions
from runfold.models.flavors import flavor_for, flavor_of_name
from runfold.models.infer import infer_schema, infer_signature
from runfold.models.python_model import FLAVOR as PYTHON
from runfold.models.requirements import (
    CONDA_FILE,
    PYTHON_ENV_FILE,
    Environment,
    given_conda,
    given_requirements,
    infer_requirements,
    write_environment,
)

CODE_FOLDER = "code"


def save_model(
    model: Any,
    path: str | Path,
    *,
    flavor: str | None = None,
    signature: Signature | None = None,
    input_example: Any = None,
    serialization_format: str | None = None,
    pip_requirements: Sequence[str] | str | None = None,
    extra_pip_requirements: Sequence[str] | str | None = None,
    conda_env: Mapping[str, Any] | str | Path | None = None,
    code_paths: Sequence[str | Path] = (),
    metadata: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    origin: Mapping[str, Any] | None = None,
    **extra: Any,
) -> MLmodel:
    """Save a model as a folder that Runfold and MLflow load.

    Args:
        path: the folder to make; it must not exist, or be empty.
        flavor: how; None: by the kind of the object.
        signature: what it takes and gives; None: found by calling the model with the example.
        input_example: a few rows as the model takes them, or a pair of those and params; kept with the model.
        serialization_format: None: the flavour's own safe format. Formats that run code when they are loaded, such
            as `cloudpickle`, have to be named.
        pip_requirements: what the model needs, instead of what its files name; a list, or the path of a file.
        extra_pip_requirements: further ones.
        conda_env: a conda environment instead, as its document or the path of its file. What pip installs there
            becomes `requirements.txt` as well.
        code_paths: Python files and folders that the model imports; copied into the folder.
        metadata: anything of yours that JSON can hold.
        resources: what has to be there when it is served, by kind.
        origin: `run_id`, `artifact_path` and `model_id`, when it is logged.
        extra: arguments of the framework's own.

    Raises:
        AlreadyExists: the folder holds files.
        InvalidValue: the object is no model, or cannot be saved like that.
        MissingDependency: a package is not installed.

    Example:
        >>> import runfold
        >>> from sklearn.linear_model import LinearRegression
        >>> model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
        >>> saved = runfold.models.save_model(model, "doubling")
        >>> saved.flavors["sklearn"]["serialization_format"]
        'skops'
    """
    if conda_env is not None and (pip_requirements is not None or extra_pip_requirements is not None):
        raise InvalidValue("Give either conda_env or pip requirements: what pip installs stands in conda_env, too.")
    environment = None if conda_env is None else given_conda(conda_env)
    folder = _new_folder(Path(path))
    try:
        chosen = _flavor(model, flavor)
        options = SaveOptions(
            serialization=chosen.serialization(serialization_format),
            example=None if input_example is None else example_of(input_example).data,
            extra=extra,
        )
        saved = chosen.save(model, folder, options)
        example = None if input_example is None else example_of(input_example)
        info = None if example is None else write_example(example, folder)
        code = _copy_code(code_paths, folder)
        if environment is None:
            found = _requirements(chosen, saved, folder, code, pip_requirements, extra_pip_requirements)
            environment = Environment(found, platform.python_version())
        write_environment(folder, environment)
        files = sorted(one for one in folder.rglob("*") if one.is_file())
        document = MLmodel(
            flavors=_flavor_parts(chosen, saved, code),
            signature=signature or saved.signature or _found_signature(chosen, model, saved, example, folder, code),
            example=info,
            model_uuid=uuid.uuid4().hex,
            utc_time_created=time_created(datetime.now(UTC)),
            model_size_bytes=sum(one.stat().st_size for one in files),
            metadata=dict(metadata or {}),
            resources=resources,
            digests={one.relative_to(folder).as_posix(): digest_of(one) for one in files},
            runfold_version=_version(),
            **dict(origin or {}),
        )
        (folder / FILE_NAME).write_text(write_mlmodel(document), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return document


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise AlreadyExists("model folder", str(path), hint="Save to another one, or remove it first.")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _flavor(model: Any, name: str | None) -> Flavor:
    if name == PYFUNC or (name is None and isinstance(model, str | Path)):
        return PYTHON
    return flavor_for(model) if name is None else flavor_of_name(name)


def _flavor_parts(flavor: Flavor, saved: Saved, code: str | None) -> dict[str, dict[str, Any]]:
    parts = {} if flavor.name == PYFUNC else {flavor.name: {**saved.conf, "code": code}}
    if saved.pyfunc is not None:
        parts[PYFUNC] = {
            "loader_module": flavor.loader_module,
            "python_version": platform.python_version(),
            "env": {"conda": CONDA_FILE, "virtualenv": PYTHON_ENV_FILE},
            **saved.pyfunc,
            **({"code": code} if code else {}),
        }
    return parts


def _found_signature(
    flavor: Flavor, model: Any, saved: Saved, example: Example | None, folder: Path, code: str | None
) -> Signature | None:
    """What the model takes and gives, by calling it with the example."""
    if example is None or saved.pyfunc is None:
        return None
    inputs = infer_signature(example.data, params=example.params)
    params = enforce_params(None, inputs.params)
    try:
        with _importable(folder / code if code else None):
            output = flavor.just_saved(model, folder, saved.pyfunc).predict(example.data, params)
        outputs = _schema_or_none(output) if flavor.answers_freely else infer_schema(output)
        return Signature(inputs.inputs, outputs, inputs.params)
    except RunfoldError:
        raise
    except Exception as error:
        raise InvalidValue(
            f"The model cannot be called with its input_example: {type(error).__name__}: {error}. Give one it takes."
        ) from error


@contextmanager
def _importable(folder: Path | None) -> Iterator[None]:
    if folder is None:
        yield
        return
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _schema_or_none(output: Any) -> Schema | None:
    """A model of one's own may answer with anything."""
    try:
        return infer_schema(output)
    except InvalidValue:
        return None


def _copy_code(paths: Sequence[str | Path], folder: Path) -> str | None:
    for given in paths:
        source = Path(given)
        target = folder / CODE_FOLDER / source.resolve().name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
        elif source.is_file():
            shutil.copyfile(source, target)
        else:
            raise InvalidValue(f"The code path {str(given)!r} does not exist.")
    return CODE_FOLDER if paths else None


def _requirements(
    flavor: Flavor,
    saved: Saved,
    folder: Path,
    code: str | None,
    given: Sequence[str] | str | None,
    further: Sequence[str] | str | None,
) -> list[str]:
    if given is not None:
        found = given_requirements(given)
    else:
        files = [*flavor.files(saved.conf or saved.pyfunc or {}), *([code] if code else [])]
        own = {one.stem for one in (folder / code).iterdir()} if code else set()
        found = infer_requirements([name for name in saved.packages if name not in own], folder, files)
        found += saved.requirements
    return list(dict.fromkeys([*found, *(given_requirements(further) if further else [])]))


def _version() -> str:
    from runfold import __version__

    return __version__
