"""The values that an entry point runs with: given, by default, or from the environment; checked by their types."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from runfold.domain.project import NAME, EntryPoint, Parameter, ParameterType
from runfold.domain.secret import check_reference
from runfold.errors import InvalidValue

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """What a command is made from.

    Attributes:
        declared: by name, in the order of the file, checked and without secrets.
        extra: given, but not declared by the entry point; in the order they were given.
        secrets: by the variable that the command finds each in; where the secret lies, never what it is.
        given: names of those that are no defaults.
    """

    declared: dict[str, str]
    extra: dict[str, str] = {}
    secrets: dict[str, str] = {}
    given: frozenset[str] = frozenset()

    @property
    def recorded(self) -> dict[str, str]:
        """What the run keeps as its params."""
        return self.declared | self.extra


def choose_values(entry: EntryPoint, given: Mapping[str, str], *, environ: Mapping[str, str] | None = None) -> Values:
    """Put together the values of an entry point.

    Raises:
        InvalidValue: values are missing or do not fit; the message names every one of them.
    """
    env = os.environ if environ is None else environ
    declared: dict[str, str] = {}
    secrets: dict[str, str] = {}
    faults: list[str] = []
    for parameter in entry.parameters:
        value = given.get(parameter.name, _default(parameter, env))
        if value is None:
            faults.append(_missing(parameter))
            continue
        try:
            if parameter.is_secret:
                secrets[secret_variable(parameter.name)] = check_reference(f"secret {parameter.name!r}", value)
            else:
                declared[parameter.name] = parameter.check(value)
        except InvalidValue as error:
            faults.append(error.message)
    names = {parameter.name for parameter in entry.parameters}
    extra = {name: value for name, value in given.items() if name not in names}
    faults += [f"{name!r} is no name of a parameter." for name in extra if not NAME.fullmatch(name)]
    faults += [f"Parameter {name!r} holds a NUL character." for name, value in extra.items() if "\0" in value]
    if faults:
        raise InvalidValue(f"Entry point {entry.name!r} cannot run with these parameters:\n  " + "\n  ".join(faults))
    return Values(declared=declared, extra=extra, secrets=secrets, given=frozenset(given))


def undeclared(entry: EntryPoint, values: Values, used: Collection[str]) -> tuple[str, ...]:
    """A line for each given parameter that the entry point does not declare, and that may be a mistake.

    Args:
        used: names in the command, which takes them in their places.
    """
    known = [parameter.name for parameter in entry.parameters]
    lines = []
    for name in values.extra if known else ():
        if name not in used:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            lines.append(f"Parameter {name!r} is not declared; the command gets it as the option --{name}.{hint}")
    return tuple(lines)


def _default(parameter: Parameter, env: Mapping[str, str]) -> str | None:
    if parameter.environment and parameter.environment in env:
        return env[parameter.environment]
    return parameter.default


def _missing(parameter: Parameter) -> str:
    note = f" ({parameter.help})" if parameter.help else ""
    if parameter.is_secret:
        return f"Secret {parameter.name!r}{note} is missing: say where it is, as in -P {parameter.name}=env:VARIABLE."
    kind = parameter.type.described
    variable = f", or set the variable {parameter.environment}" if parameter.environment else ""
    return f"Parameter {parameter.name!r}{note} is missing: give {kind} with -P {parameter.name}=VALUE{variable}."


def secret_variable(name: str) -> str:
    """The environment variable in which a command finds a secret."""
    return re.sub(r"\W", "_", name).upper()


def is_remote(value: str) -> bool:
    """Whether a path or URI lies outside of this machine's files."""
    return _SCHEME.match(value) is not None and urlsplit(value).scheme.lower() != "file"


def for_the_command(parameter: Parameter | None, value: str, *, folders: Sequence[Path]) -> str:
    """A value as the command gets it: local paths are made absolute.

    Args:
        folders: that relative paths are counted from: the first that has something there, or else the first. Empty:
            the command runs on another machine, whose paths are given as they are.
    """
    if (
        not folders
        or parameter is None
        or parameter.type not in (ParameterType.PATH, ParameterType.URI)
        or is_remote(value)
    ):
        return value
    local = value.removeprefix("file://") if value.startswith("file://") else value
    path = Path(local).expanduser()
    found = [place for place in (folder / path for folder in folders) if place.exists()]
    resolved = found[0] if found else folders[0] / path
    if parameter.type is ParameterType.PATH and not resolved.exists():
        raise InvalidValue(f"Parameter {parameter.name!r} names {value!r}, and there is no such file or folder.")
    return os.path.abspath(resolved)  # a link stays one: an interpreter of a virtual environment is known by its place
