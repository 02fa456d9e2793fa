"""Models of PyTorch: exported programs, weights in safetensors beside code, or pickles where asked for.

Keys and files are those of `mlflow.pytorch` (MLflow 3.18, which reads `pt2` and pickles; 2.22 reads pickles).
`safetensors` is ours: MLflow keeps the file and cannot load it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, MissingDependency, PermissionDenied
from runfold.integrations.pytorch.archive import check_archive
from runfold.integrations.pytorch.call import call
from runfold.mlmodel.document import Conf
from runfold.mlmodel.scan import scan_file
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names
from runfold.models.pickling import refuse_dangerous, require_pickle

PT2 = Serialization("pt2")
SAFETENSORS = Serialization("safetensors")
PICKLE = Serialization("pickle", is_safe=False)

_DATA = "data"
_EXPORTED, _PICKLED, _WEIGHTS = "model.pt2", "model.pth", "model.safetensors"
_PICKLE_MODULE = "pickle_module_info.txt"


class PyTorchFlavor(Flavor):
    name = "pytorch"
    loader_module = "mlflow.pytorch"
    serializations = (PT2, SAFETENSORS, PICKLE)

    def handles(self, model: Any) -> bool:
        return "torch.nn.modules.module.Module" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import torch

        extra = options.only("model_args")
        if not isinstance(model, torch.nn.Module):
            raise InvalidValue(f"A {type(model).__name__} is no torch.nn.Module.")
        data = folder / _DATA
        data.mkdir()
        conf: dict[str, Any] = {
            "model_data": _DATA,
            "pytorch_version": str(torch.__version__),
            "serialization_format": options.serialization.name,
        }
        packages = ["torch"]
        if options.serialization == PT2:
            _export(model, options.example, data / _EXPORTED)
        elif options.serialization == SAFETENSORS:
            conf |= _write_weights(model, extra.get("model_args") or {}, data / _WEIGHTS)
            packages += ["safetensors", conf["model_class"].partition(".")[0]]
        else:
            _pickle(model, data)
            packages.append("cloudpickle")
        return Saved(conf=conf, pyfunc={"data": _DATA, "model_config": {"device": None}}, packages=tuple(packages))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import torch

        # Models of MLflow before 1.0 name the file itself.
        data = file_of(folder, conf.get("model_data") or conf.get("data"))
        device = options.extra.get("device") or "cpu"
        if (data / _WEIGHTS).is_file():
            model = _read_weights(data / _WEIGHTS, conf, options).to(device)
        elif (data / _EXPORTED).is_file():
            return _load_exported(data / _EXPORTED, options, device)
        else:
            model = _unpickle(data / _PICKLED if data.is_dir() else data, options, device)
        if isinstance(model, torch.nn.Module):
            model.eval()
        return model

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        return Loaded(model, lambda data, params: call(model, data, params))

    def serialization_of(self, conf: Conf) -> Serialization:
        # MLflow writes no format; what is no exported program is a pickle, and only the files tell.
        return self.serialization(str(conf.get("serialization_format") or PICKLE.name))

    def files(self, conf: Conf) -> tuple[str, ...]:
        return (f"{_DATA}/{_PICKLED}",) if self.serialization_of(conf) == PICKLE else ()


FLAVOR = PyTorchFlavor()


def _export(model: Any, example: Any, path: Path) -> None:
    """Write the graph that one call of the model runs through, with every first dimension of any length."""
    import torch

    from runfold.integrations.pytorch.call import arguments_of

    if isinstance(model, torch.jit.ScriptModule):
        raise InvalidValue('A ScriptModule cannot be exported; save it with serialization_format="pickle".')
    if example is None:
        raise InvalidValue(
            "Saving a PyTorch model safely runs it once: give an input_example, an array or tensor with a first "
            'dimension for rows. Without one, serialization_format="safetensors" keeps weights and the name of a class.'
        )
    args, kwargs = arguments_of(model, example)
    # A dimension of one row would be taken for a constant.
    args = tuple(_two_rows(one) for one in args)
    kwargs = {name: _two_rows(one) for name, one in kwargs.items()}
    dynamic: Any = [_any_rows(one) for one in args] if args else {name: _any_rows(one) for name, one in kwargs.items()}
    try:
        with _evaluating(model), torch.no_grad():
            program = torch.export.export(model, args, kwargs, dynamic_shapes=dynamic)
        torch.export.save(program, path)
    except Exception as error:
        reason = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        raise InvalidValue(
            f'torch.export cannot write this model: {reason}. serialization_format="safetensors" keeps its weights and '
            'the name of its class; "pickle" keeps all of it, and is loaded only by who allows that.'
        ) from error


def _two_rows(tensor: Any) -> Any:
    return tensor if tensor.dim() == 0 or tensor.shape[0] != 1 else tensor.repeat(2, *([1] * (tensor.dim() - 1)))


def _any_rows(tensor: Any) -> Any:
    import torch

    return {0: torch.export.Dim.AUTO} if tensor.dim() else None


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Without dropout and the like, and afterwards each part again as it was."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _load_exported(path: Path, options: LoadOptions, device: str) -> Any:
    import torch

    if not options.allow_pickle:
        check_archive(path)
    try:
        program = torch.export.load(path)
    except Exception as error:
        raise InvalidValue(
            f"{path.name} cannot be read: {type(error).__name__}: {str(error)[:300]}. It is damaged, or was "
            "written with another version of PyTorch; the requirements.txt beside it names it."
        ) from error
    if device != "cpu":
        from torch.export.passes import move_to_device_pass

        program = move_to_device_pass(program, device)
    return program.module()


def _write_weights(model: Any, arguments: Mapping[str, Any], path: Path) -> dict[str, Any]:
    kind = type(model)
    if "<locals>" in kind.__qualname__ or kind.__module__ == "__main__":
        raise InvalidValue(
            f"{kind.__qualname__} cannot be imported by who loads the model. Put it in a file, and give "
            "that as code_paths."
        )
    try:
        text = json.dumps(dict(arguments))
    except TypeError as error:
        raise InvalidValue(f"model_args are kept as JSON: {error}.") from None
    _safetensors().save_model(model, str(path))
    return {"model_class": f"{kind.__module__}.{kind.__qualname__}", "model_args": text}


def _read_weights(path: Path, conf: Conf, options: LoadOptions) -> Any:
    import torch

    name = str(conf.get("model_class"))
    if not (options.allow_code or options.allow_pickle or name in options.trusted_types):
        raise PermissionDenied(
            f"The model's weights belong to the class {name}, which has to be imported and made. If you trust it, load "
            f"the model with trusted_types=[{name!r}] or allow_code=True."
        )
    module, _, qualname = name.rpartition(".")
    try:
        kind: Any = import_module(module)
        for part in qualname.split("."):
            kind = getattr(kind, part)
        if not (isinstance(kind, type) and issubclass(kind, torch.nn.Module)):
            raise InvalidValue(f"{name}, which the MLmodel file names, is no torch.nn.Module.")
        model = kind(**json.loads(str(conf.get("model_args") or "{}")))
        _safetensors().load_model(model, str(path))
    except (ModuleNotFoundError, AttributeError, ValueError) as error:
        raise InvalidValue(f"The class {name} of the model cannot be made: {error}.") from error
    except (TypeError, RuntimeError) as error:
        raise InvalidValue(
            f"The class {name} does not fit the saved weights: {str(error)[:300]}. If it takes arguments, save "
            "the model with model_args={...}."
        ) from error
    except Exception as error:
        raise InvalidValue(f"{path.name} cannot be read: {type(error).__name__}: {error}.") from error
    return model


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ModuleNotFoundError as error:
        raise MissingDependency("safetensors", needed_for="Keeping weights of PyTorch", extra="pytorch") from error
    return safetensors.torch


def _pickle(model: Any, data: Path) -> None:
    import torch

    if isinstance(model, torch.jit.ScriptModule):
        (data / _PICKLE_MODULE).write_text("mlflow.pytorch.pickle_module", encoding="utf-8")
        model.save(str(data / _PICKLED))
        return
    try:
        import cloudpickle
    except ModuleNotFoundError as error:
        raise MissingDependency("cloudpickle", needed_for="Pickling a PyTorch model", extra="pytorch") from error
    # MLflow imports the module of this name to read the file; cloudpickle itself has no class for that.
    (data / _PICKLE_MODULE).write_text("mlflow.pytorch.pickle_module", encoding="utf-8")
    torch.save(model, data / _PICKLED, pickle_module=cloudpickle)


def _unpickle(path: Path, options: LoadOptions, device: str) -> Any:
    import torch

    if not path.is_file():
        raise InvalidValue(f"The model's folder has no {path.name}.")
    require_pickle(path, options)
    with path.open("rb") as file:
        refuse_dangerous(scan_file(path.name, file))
    try:
        if _is_script(path):
            return torch.jit.load(str(path), map_location=device)
        return torch.load(path, map_location=device, weights_only=False)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise MissingDependency(package, needed_for=f"The pickle {path.name}") from error
    except Exception as error:
        raise InvalidValue(f"{path.name} cannot be read: {type(error).__name__}: {str(error)[:300]}.") from error


def _is_script(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False
