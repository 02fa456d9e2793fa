"""Projects described: entry points, their typed parameters, and what they need to run."""

from __future__ import annotations

import enum
import math
import re

import msgspec

from runfold.errors import InvalidValue

MAIN = "main"
"""The entry point that runs when none is named."""

NAME = re.compile(r"[^\W\d][\w.\-]*")
"""Names of parameters: they become options of a command, so they never begin with a dash."""


class ParameterType(enum.StrEnum):
    """What a parameter holds. The first five are MLflow's.

    `PATH` arrives at the command as a file of this machine, fetched if it lies elsewhere; `URI` as an absolute address.
    """

    STRING = "string"
    FLOAT = "float"
    INT = "int"
    PATH = "path"
    URI = "uri"
    BOOL = "bool"

    @property
    def described(self) -> str:
        """With its article."""
        return f"an {self}" if self is ParameterType.INT else f"a {self}"


_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of an entry point.

    Attributes:
        default: as text; None: a value must be given.
        environment: a variable that gives the default where the job runs, if it is set.
        choices: the values that are accepted; empty: all.
        minimum, maximum: bounds of a number, both included.
        is_secret: the value is never given in words: it names where the secret is found (`env:NAME`, `file:PATH`),
            and neither a record nor an argument list holds it.
    """

    name: str
    type: ParameterType = ParameterType.STRING
    default: str | None = None
    environment: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    is_secret: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidValue(
                f"{self.name!r} is no name of a parameter: it begins with a letter and goes on with letters, digits, "
                "'_', '-' and '.'."
            )

    @property
    def accepted(self) -> str:
        """The choices or bounds, for people; empty: every value of its type."""
        if self.choices:
            return ", ".join(self.choices)
        low = "" if self.minimum is None else f"{self.minimum:g}"
        high = "" if self.maximum is None else f"{self.maximum:g}"
        if low and high:
            return f"{low} to {high}"
        return f"at least {low}" if low else f"at most {high}" if high else ""

    @property
    def is_required(self) -> bool:
        return self.default is None

    def check(self, value: str) -> str:
        """The value as the command gets it.

        Raises:
            InvalidValue: it does not fit the type, the choices or the bounds; the message names all three.
        """
        if "\0" in value:
            raise InvalidValue(f"Parameter {self.name!r} holds a NUL character, which no argument can.")
        text = self._typed(value)
        if self.choices and text not in self.choices:
            raise InvalidValue(f"Parameter {self.name!r} is {value!r}; it takes {', '.join(map(repr, self.choices))}.")
        if self.minimum is not None or self.maximum is not None:
            self._check_bounds(float(text), value)
        return text

    def _typed(self, value: str) -> str:
        try:
            match self.type:
                case ParameterType.FLOAT:
                    float(value)
                case ParameterType.INT:
                    int(value)
                case ParameterType.BOOL:
                    return _boolean(value)
        except ValueError:
            raise InvalidValue(f"Parameter {self.name!r} is {value!r}; it takes {self.type.described}.") from None
        return value

    def _check_bounds(self, number: float, value: str) -> None:
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if not low <= number <= high:
            bounds = (
                f"from {low:g} to {high:g}"
                if math.isfinite(low) and math.isfinite(high)
                else (f"of at least {low:g}" if math.isfinite(low) else f"of at most {high:g}")
            )
            raise InvalidValue(f"Parameter {self.name!r} is {value!r}; it takes a number {bounds}.")


def _boolean(value: str) -> str:
    if value.lower() in _TRUE:
        return "true"
    if value.lower() in _FALSE:
        return "false"
    raise ValueError(value)


class EntryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A command of a project, with `{name}` where a parameter's value goes.

    Attributes:
        parameters: in the order of the file.
    """

    name: str
    command: str
    parameters: tuple[Parameter, ...] = ()
    help: str = ""

    def find(self, name: str) -> Parameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


class EnvironmentKind(enum.StrEnum):
    """Who makes the environment that a project runs in.

    `CURRENT` is the one that Runfold itself runs in; `UV` covers everything that uv can make from files: python_env,
    requirements, pyproject.
    """

    CURRENT = "current"
    UV = "uv"
    CONDA = "conda"
    CONTAINER = "container"


class EnvironmentSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a project asks to run in.

    Attributes:
        path: of the file that describes it, from the project's folder: python_env.yaml, conda.yaml,
            requirements.txt or pyproject.toml; empty where no file does.
        image: of a container.
        volumes: of a container, `host:inside[:ro]`.
        variables: of a container: `name=value`, or a name alone to pass on the caller's.
    """

    kind: EnvironmentKind = EnvironmentKind.CURRENT
    path: str = ""
    image: str = ""
    volumes: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """Where a project may run; nothing said: anywhere.

    Attributes:
        targets: by name, in order of preference.
        hosts: one of them must be the target's host.
        labels: every one must be a label of the target.
        n_gpus: at least as many.
        memory_gib: at least so much.
        image: of a container that holds all it needs: a target that runs containers.
    """

    targets: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    n_gpus: int = 0
    memory_gib: float = 0.0
    image: str = ""


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of code that can be run.

    Attributes:
        name: empty when the file gives none or there is no file.
        has_file: an `MLproject` file describes it; otherwise any `.py` and `.sh` of the folder is an entry point.
    """

    name: str = ""
    environment: EnvironmentSpec = EnvironmentSpec()
    entry_points: tuple[EntryPoint, ...] = ()
    platform: Platform = Platform()
    has_file: bool = False

    def find(self, name: str) -> EntryPoint | None:
        return next((entry for entry in self.entry_points if entry.name == name), None)
