"""What a framework has to offer so that its models can be saved, loaded and called.

A flavour is one module, `runfold/integrations/<framework>/flavor.py`, with one subclass of `Flavor` whose instance is
called `FLAVOR`; a row of `runfold.models.flavors` names it, or an entry point of another package does. It passes
`runfold.testing.flavours`.

The file format is MLflow's: the keys a flavour writes to `MLmodel` (`Saved.conf`, `Saved.pyfunc`) and the files beside
it are those of MLflow's flavour of the same name, so that each side loads what the other saved.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from runfold.errors import InvalidValue
from runfold.mlmodel.document import Conf


class Serialization(msgspec.Struct, frozen=True):
    """One way to write a model to files.

    Attributes:
        name: as in `MLmodel`, such as `skops`.
        is_safe: reading the files executes nothing that is in them. Others are used only when asked for by name,
            and are loaded only by who allows it.
    """

    name: str
    is_safe: bool = True


class SaveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        serialization: the chosen one of `Flavor.serializations`.
        example: the input example, as given; None: none was.
        extra: arguments of the framework's own.
    """

    serialization: Serialization
    example: Any = None
    extra: Mapping[str, Any] = {}

    def only(self, *names: str) -> Mapping[str, Any]:
        """The arguments of the framework's own, none but these.

        Raises:
            InvalidValue: there are others.
        """
        unknown = sorted(set(self.extra) - set(names))
        if unknown:
            known = f" Known are {', '.join(names)}." if names else ""
            raise InvalidValue(f"Saving this model takes no argument {unknown[0]!r}.{known}")
        return self.extra


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        allow_pickle: files may be loaded that run code while they are (pickle, cloudpickle, joblib).
        allow_code: Python files in the model's folder may be imported, and types the model itself vouches for be
            made.
        trusted_types: full names of types that files in safe formats may make, beside those known to be harmless.
        extra: arguments of the framework's own.
    """

    allow_pickle: bool = False
    allow_code: bool = False
    trusted_types: tuple[str, ...] = ()
    extra: Mapping[str, Any] = {}


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What saving tells.

    Attributes:
        conf: of the flavour, for `MLmodel`; it records the serialisation.
        pyfunc: of `python_function`; None: such models cannot be called.
        packages: what has to be importable to load the model, such as `sklearn`; put into the requirements with
            the versions that are installed.
        requirements: further lines for the requirements.
        signature: where the model itself knows it better than its example.
    """

    conf: Mapping[str, Any]
    pyfunc: Mapping[str, Any] | None
    packages: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    signature: Any = None


Predict = Callable[[Any, Mapping[str, Any]], Any]
"""Input as the signature asks for it, and params; the output is the framework's."""


class Loaded(msgspec.Struct, frozen=True):
    """A model, ready to be called.

    Attributes:
        native: the framework's object.
        predict: how it is called.
        stream: yields parts of an answer, where the model can.
    """

    native: Any
    predict: Predict
    stream: Predict | None = None


class Flavor(ABC):
    """Its module imports the framework inside functions, so that the table can be read without it.

    Attributes:
        name: the key in `MLmodel`.
        loader_module: what `python_function.loader_module` says in folders of this flavour.
        serializations: the default one first. It is safe, unless the framework has nothing safe at all: then
            every use has to name one.
        is_fragile: the framework's reader ends the process on some damaged files.
        answers_freely: answers may be anything, and need not fit a signature.
    """

    name: str
    loader_module: str
    serializations: tuple[Serialization, ...]
    is_fragile = False
    answers_freely = False

    @abstractmethod
    def handles(self, model: Any) -> bool:
        """Whether `save` takes this object. Looks at its type only, and imports no framework to do so."""

    @abstractmethod
    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        """Writes the model into an existing folder, beside what others put there.

        Raises:
            InvalidValue: the object is no such model, or cannot be written in that serialisation; the message says
                which one can.
        """

    @abstractmethod
    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        """The framework's object.

        Args:
            conf: this flavour's part of `MLmodel`, as any release of MLflow wrote it.

        Raises:
            PermissionDenied: the files run code, and that is not allowed.
            InvalidValue: the files are not what `conf` says they are.
        """

    @abstractmethod
    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        """The framework's object with the way to call it.

        Args:
            pyfunc: the part `python_function` of `MLmodel`.
        """

    def just_saved(self, model: Any, folder: Path, pyfunc: Conf) -> Loaded:
        """The object that `save` has written, with the way to call it."""
        return self.loaded(model, pyfunc)

    def native(self, model: Any) -> Any:
        """The framework's own object of what `load` gives, where that holds more."""
        return model

    def serialization_of(self, conf: Conf) -> Serialization:
        """How the files were written, by this flavour's part of `MLmodel`."""
        return self.serialization(str(conf.get("serialization_format") or self.serializations[0].name))

    def serialization(self, name: str | None) -> Serialization:
        """The serialisation of a name; None: the default.

        Raises:
            InvalidValue: this flavour has none of that name, or no safe one to be the default.
        """
        first = self.serializations[0]
        if name is None and not first.is_safe:
            raise InvalidValue(
                f"The flavour {self.name} has no safe serialisation. Say serialization_format={first.name!r}: such a "
                "model is loaded only by who allows it."
            )
        if name is None:
            return first
        for one in self.serializations:
            if one.name == name:
                return one
        known = ", ".join(one.name + ("" if one.is_safe else " (runs code when loaded)") for one in self.serializations)
        raise InvalidValue(f"The flavour {self.name} has no serialisation {name!r}; it has {known}.")

    def files(self, conf: Conf) -> tuple[str, ...]:
        """Files of the folder that are loaded as pickles, to be looked through before."""
        return ()


def type_names(model: Any) -> tuple[str, ...]:
    """Full names of an object's type and its bases, for `handles`."""
    return tuple(f"{base.__module__}.{base.__qualname__}" for base in type(model).__mro__)


def is_of_package(model: Any, *packages: str) -> bool:
    """Whether an object's type or one of its bases comes from one of these packages."""
    return any(base.__module__.partition(".")[0] in packages for base in type(model).__mro__)


def file_of(folder: Path, name: object) -> Path:
    """A file that a model's configuration names, inside its folder.

    Raises:
        InvalidValue: it names none, one outside the folder, or one that is not there.
    """
    if not isinstance(name, str) or not name:
        raise InvalidValue(f"The MLmodel file does not say which file holds the model (it says {name!r}).")
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    if not inside or Path(name).is_absolute():
        raise InvalidValue(f"The MLmodel file names {name!r}, which lies outside the model's folder.")
    if not path.exists():
        raise InvalidValue(f"The model's folder has no {name!r}, which its MLmodel file names.")
    return path


def caller(method: Callable[..., Any]) -> Predict:
    """A method of a framework as `Loaded.predict`: params of the signature that it has no argument for are left out."""
    parameters = inspect.signature(method).parameters.values()
    takes_all = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    names = {one.name for one in parameters}

    def predict(data: Any, params: Mapping[str, Any]) -> Any:
        return method(data, **{name: value for name, value in params.items() if takes_all or name in names})

    return predict
