"""Models of your own: a class with a method `predict`, a function, or a Python file that says what the model is.

A file is the form to prefer: everybody can read what will run. The folder holds a copy of it, and loading imports
that. Objects are kept as a cloudpickle instead, when that is asked for.

Folders are those of MLflow (`mlflow.pyfunc.model` and `mlflow.pyfunc.loaders.code_model`). MLflow's own names that a
file or pickle mentions, such as `mlflow.pyfunc.PythonModel`, are taken for the ones here where MLflow is not installed.
"""

from __future__ import annotations

import inspect
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import yaml

from runfold.errors import InvalidValue
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of
from runfold.models.pickling import cloudpickle, dump_pickle, load_pickle, require_code
from runfold.models.requirements import imported_packages

CODE = Serialization("code")
CLOUDPICKLE = Serialization("cloudpickle", is_safe=False)

_PICKLE_FILE = "python_model.pkl"
_CODE_LOADER = "mlflow.pyfunc.loaders.code_model"
_PICKLE_LOADER = "mlflow.pyfunc.model"
_ARTIFACTS = "artifacts"


class PythonModelContext:
    """What a Python model finds beside itself.

    Attributes:
        artifacts: name to local path of the files it was saved with.
        model_config: settings it was saved with, changed by those given on loading.
    """

    def __init__(self, artifacts: Mapping[str, str], model_config: Mapping[str, Any] | None = None) -> None:
        self.artifacts = dict(artifacts)
        self.model_config = dict(model_config or {})


class PythonModel:
    """Base of models of your own; any class with a method `predict` does as well.

    Example:
        >>> import runfold
        >>> class Double(runfold.pyfunc.PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return [2 * value for value in model_input]
    """

    predict_type_hints = SimpleNamespace(input=None, output=None)  # MLflow asks every Python model for it

    def _get_type_hints(self) -> Any:  # MLflow before 2.20 asks like this
        return self.predict_type_hints

    def load_context(self, context: PythonModelContext) -> None:
        """Called once, before the first call of `predict`: read what `context.artifacts` names."""

    def predict(self, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """The answer to one input. `context` and `params` may be left out of the definition."""
        raise NotImplementedError


class _Ready(msgspec.Struct, frozen=True):
    """A model and what it finds beside itself."""

    model: Any
    context: PythonModelContext


class _FunctionModel(PythonModel):
    """A function as a model. MLflow keeps those in a class of the same attribute."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func

    def predict(self, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return self.func(model_input, params) if _takes_params(self.func) else self.func(model_input)


class _ObjectModel(PythonModel):
    """Any object with a method `predict`, with what MLflow asks of Python models beside."""

    def __init__(self, model: Any) -> None:
        self._runfold_object = model

    def load_context(self, context: PythonModelContext) -> None:
        if hasattr(self._runfold_object, "load_context"):
            self._runfold_object.load_context(context)

    def predict(self, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return _caller(self._runfold_object.predict, context)(model_input, params or {})

    def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return _caller(self._runfold_object.predict_stream, context)(model_input, params or {})


def set_model(model: Any) -> None:
    """In a Python file that is saved as a model: say which object the model is.

    Args:
        model: a `PythonModel`, another object with a method `predict`, or a function of the input.
    """
    frame = sys._getframe(1)
    frame.f_globals[_CHOSEN] = model


_CHOSEN = "__runfold_model__"
# Put behind a file that calls no `set_model`. MLflow finds no model in a file that does not.
_FOR_MLFLOW = """

# Added when this file was saved as a model, so that MLflow loads it as well.
try:
    import inspect as _inspect

    from mlflow.models import set_model as _set_model
    from mlflow.pyfunc import PythonModel as _PythonModel
except ImportError:
    pass
else:

    class _SavedModel(_PythonModel):
        def load_context(self, context):
            if "model" in globals() and hasattr(model, "load_context"):
                model.load_context(context)

        def predict(self, context, model_input, params=None):
            call = model if "model" in globals() else predict
            call = getattr(call, "predict", call)
            names = list(_inspect.signature(call).parameters)
            before = [context] if names[:1] == ["context"] else []
            return call(*before, model_input, **({"params": params} if "params" in names else {}))

    _set_model(_SavedModel())
"""


class PythonFlavor(Flavor):
    name = "python_function"
    loader_module = _PICKLE_LOADER
    serializations = (CODE, CLOUDPICKLE)
    answers_freely = True

    def handles(self, model: Any) -> bool:
        return isinstance(model, str | Path) or callable(getattr(model, "predict", model))

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        extra = options.only("artifacts", "model_config")
        conf: dict[str, Any] = {"streamable": callable(getattr(model, "predict_stream", None))}
        packages: tuple[str, ...]
        if isinstance(model, str | Path):
            text = _read_source(Path(model))
            conf |= _save_source(text, Path(model).name, folder)
            packages = tuple(sorted(imported_packages(text)))
        elif options.serialization is CLOUDPICKLE:
            conf |= _save_pickle(_as_python_model(model), folder)
            packages = ("cloudpickle",)
        else:
            raise InvalidValue(
                "An object of your own code has no safe form. Put it into a Python file that calls "
                "runfold.pyfunc.set_model and save the path of that file, or say "
                'serialization_format="cloudpickle": such a model is loaded only by who allows it.'
            )
        if extra.get("artifacts"):
            conf[_ARTIFACTS] = _copy_artifacts(extra["artifacts"], folder)
        if extra.get("model_config"):
            conf["config"] = _config(extra["model_config"])
        return Saved(conf={}, pyfunc=conf, packages=packages)

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        context = PythonModelContext(_artifact_paths(conf, folder), _merged_config(conf, options))
        if conf.get("loader_module") == _CODE_LOADER:
            name = Path(str(conf.get("model_code_path", ""))).name
            path = file_of(folder, name)
            require_code(name, options)
            model = model_of_file(path)
        else:
            path = file_of(folder, conf.get("python_model"))
            model = load_pickle(path, options, renames=_names_of_mlflow())
            model = getattr(model, "_runfold_object", model)
        if not hasattr(model, "predict"):
            model = _FunctionModel(model)
        if hasattr(model, "load_context"):
            model.load_context(context)
        return _Ready(model, context)

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        ready = model if isinstance(model, _Ready) else _Ready(model, PythonModelContext({}))
        streams = getattr(ready.model, "predict_stream", None)
        stream = _caller(streams, ready.context) if pyfunc.get("streamable") and streams else None
        return Loaded(ready.model, _caller(ready.model.predict, ready.context), stream)

    def just_saved(self, model: Any, folder: Path, pyfunc: Conf) -> Loaded:
        """As it will be loaded, since what it reads on loading belongs to it."""
        return self.loaded(self.load(folder, pyfunc, LoadOptions(allow_pickle=True, allow_code=True)), pyfunc)

    def files(self, conf: Conf) -> tuple[str, ...]:
        return (str(conf["python_model"]),) if conf.get("python_model") else ()


FLAVOR = PythonFlavor()


def model_of_file(path: Path) -> Any:
    """Runs a Python file and gives the object that it calls `set_model` with, or names `model`.

    Raises:
        InvalidValue: it does neither.
    """
    spec = spec_from_file_location(f"runfold_model_{abs(hash(str(path))):x}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where classes of the file look for their module
    with _stand_in_for_mlflow(module):
        spec.loader.exec_module(module)
    own = ("model", "predict")
    for name in own if hasattr(module, "_SavedModel") else (_CHOSEN, *own):
        if hasattr(module, name):
            return getattr(module, name)
    raise InvalidValue(
        f"{path.name} does not say what the model is: let it call runfold.pyfunc.set_model(model), or name its object "
        "`model` or its function `predict`."
    )


def _as_python_model(model: Any) -> Any:
    """An object or function as what MLflow takes for a Python model."""
    if hasattr(model, "predict_type_hints"):
        return model
    return _ObjectModel(model) if hasattr(model, "predict") else _FunctionModel(model)


def _read_source(source: Path) -> str:
    if source.suffix != ".py" or not source.is_file():
        raise InvalidValue(f"{str(source)!r} is no Python file to save as a model.")
    return source.read_text(encoding="utf-8")


def _save_source(text: str, name: str, folder: Path) -> dict[str, Any]:
    (folder / name).write_text(text if "set_model(" in text else text + _FOR_MLFLOW, encoding="utf-8")
    return {"loader_module": _CODE_LOADER, "model_code_path": name}


def _save_pickle(model: Any, folder: Path) -> dict[str, Any]:
    module = sys.modules[__name__]
    cloudpickle().register_pickle_by_value(module)  # classes of this file go along, for readers without Runfold
    try:
        dump_pickle(model, folder / _PICKLE_FILE, use_cloudpickle=True)
    finally:
        cloudpickle().unregister_pickle_by_value(module)
    return {
        "loader_module": _PICKLE_LOADER,
        "python_model": _PICKLE_FILE,
        "cloudpickle_version": cloudpickle().__version__,
    }


def _copy_artifacts(artifacts: Mapping[str, Any], folder: Path) -> dict[str, dict[str, str]]:
    target = folder / _ARTIFACTS
    target.mkdir()
    conf = {}
    for name, given in artifacts.items():
        source = Path(given)
        if not source.exists():
            raise InvalidValue(f"The artifact {name!r} of the model, {str(given)!r}, does not exist.")
        place = target / source.resolve().name
        if place.exists():
            raise InvalidValue(f"Two artifacts of the model are called {place.name!r}; rename one.")
        if source.is_dir():
            shutil.copytree(source, place)
        else:
            shutil.copyfile(source, place)
        conf[str(name)] = {"path": f"{_ARTIFACTS}/{place.name}", "uri": place.name}
    return conf


def _artifact_paths(conf: Conf, folder: Path) -> dict[str, str]:
    found = conf.get(_ARTIFACTS) or {}
    return {str(name): str(file_of(folder, one.get("path"))) for name, one in found.items()}


def _config(given: Any) -> dict[str, Any]:
    if isinstance(given, str | Path):
        given = yaml.safe_load(Path(given).read_text(encoding="utf-8"))
    if not isinstance(given, Mapping):
        raise InvalidValue(f"The model_config is a {type(given).__name__}; expected a dict or the path of a YAML file.")
    return dict(given)


def _merged_config(conf: Conf, options: LoadOptions) -> dict[str, Any]:
    config, changes = dict(conf.get("config") or {}), options.extra.get("model_config") or {}
    if unknown := sorted(set(changes) - set(config)):
        raise InvalidValue(f"The model was saved without a setting {unknown[0]!r} of its model_config.")
    return config | changes


def _caller(method: Callable[..., Any], context: PythonModelContext) -> Callable[[Any, Mapping[str, Any]], Any]:
    """How a method `predict` is called, by what its definition takes."""
    names = [name for name in inspect.signature(method).parameters if name != "self"]
    takes_context = bool(names) and names[0] == "context"
    takes_params = _takes_params(method)

    def call(data: Any, params: Mapping[str, Any]) -> Any:
        before = (context,) if takes_context else ()
        return method(*before, data, params=dict(params)) if takes_params else method(*before, data)

    return call


def _takes_params(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(one.name == "params" or one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)


def _names_of_mlflow() -> dict[tuple[str, str], Any]:
    if find_spec("mlflow") is not None:
        return {}
    return {
        ("mlflow.pyfunc.model", "PythonModel"): PythonModel,
        ("mlflow.pyfunc.model", "PythonModelContext"): PythonModelContext,
        ("mlflow.pyfunc.model", "_FunctionPythonModel"): _FunctionModel,
        ("mlflow.models.signature", "_TypeHints"): SimpleNamespace,
    }


@contextmanager
def _stand_in_for_mlflow(module: ModuleType) -> Iterator[None]:
    """While a file runs: `mlflow.models.set_model` and `mlflow.pyfunc.PythonModel`, if MLflow is not installed."""
    if find_spec("mlflow") is not None:
        with _listening_to_mlflow(module):
            yield
        return

    def choose(model: Any) -> None:
        module.__dict__[_CHOSEN] = model

    names: dict[str, dict[str, Any]] = {
        "mlflow": {},
        "mlflow.models": {"set_model": choose, "infer_signature": None},
        "mlflow.pyfunc": {"PythonModel": PythonModel, "PythonModelContext": PythonModelContext},
    }
    made = {}
    for name, content in names.items():
        made[name] = ModuleType(name)
        made[name].__spec__ = ModuleSpec(name, None, is_package=True)
        made[name].__path__ = []
        made[name].__dict__.update(content)
    made["mlflow"].__dict__.update(models=made["mlflow.models"], pyfunc=made["mlflow.pyfunc"])
    sys.modules.update(made)
    try:
        yield
    finally:
        for name in made:
            sys.modules.pop(name, None)


@contextmanager
def _listening_to_mlflow(module: ModuleType) -> Iterator[None]:
    """Files may call MLflow's `set_model`, which keeps what it is given in a place of its own."""
    models = sys.modules.get("mlflow.models.model")
    yield
    models = models or sys.modules.get("mlflow.models.model")
    chosen = getattr(models, "__mlflow_model__", None)
    if chosen is not None and not hasattr(module, _CHOSEN):
        module.__dict__[_CHOSEN] = chosen
