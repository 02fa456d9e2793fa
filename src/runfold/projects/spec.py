"""The `MLproject` file: what MLflow reads in it, and what Runfold reads beyond.

Source of the format: MLflow's documentation, "MLflow Projects" (name, conda_env, python_env, docker_env, entry_points).
Ours: `help`, `choices`, `minimum`, `maximum`, `environment` and `secret` of a parameter, `help` of an entry point,
the types `int` and `bool`, and the section `platform`.
"""

from __future__ import annotations

import math
import shlex
from pathlib import Path

import msgspec

from runfold.domain.project import (
    EntryPoint,
    EnvironmentKind,
    EnvironmentSpec,
    Parameter,
    ParameterType,
    Platform,
    Project,
)
from runfold.domain.secret import check_reference
from runfold.errors import InvalidValue
from runfold.projects.commands import argument_vector, placeholders
from runfold.projects.parameters import secret_variable
from runfold.projects.places import Place, Problem, Problems, compose, text_of

FILE = "MLproject"
# Looked for in this order where no file names an environment.
_ENVIRONMENT_FILES = (
    ("python_env.yaml", EnvironmentKind.UV),
    ("conda.yaml", EnvironmentKind.CONDA),
    ("pyproject.toml", EnvironmentKind.UV),
    ("requirements.txt", EnvironmentKind.UV),
)
_SCRIPTS = (".py", ".sh")
_SECTIONS = ("name", "conda_env", "python_env", "docker_env", "entry_points", "platform", "pipeline")


class InvalidProject(InvalidValue):
    """A project file cannot be used.

    Attributes:
        path: of the file.
        problems: all of them, by line.
    """

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        lines = "\n".join(f"  line {problem.line}: {problem.message}" for problem in problems)
        super().__init__(f"{path} cannot be used:\n{lines}")


def load_project(folder: Path) -> Project:
    """Read a project's folder; without a file, what it holds says what can be run.

    Raises:
        InvalidProject: the file has errors; all of them are named.
    """
    path = find_file(folder)
    if path is None:
        return Project(environment=_environment_of(folder))
    project, problems = read_project(text_of(path), folder)
    errors = tuple(problem for problem in problems if problem.is_error)
    if errors:
        raise InvalidProject(path.name, errors)
    return project


def find_file(folder: Path) -> Path | None:
    """The project file, whose name MLflow takes in any case."""
    return next((path for path in sorted(folder.iterdir()) if path.name.lower() == FILE.lower()), None)


def read_project(text: str, folder: Path | None = None) -> tuple[Project, tuple[Problem, ...]]:
    """Read the text of a project file.

    Args:
        folder: where the files that it names must be; None: they are not looked for.

    Returns:
        The project, as far as it could be read, and what is wrong, by line.
    """
    problems = Problems()
    root = compose(text, problems)
    if root is None:
        return Project(has_file=True, environment=_environment_of(folder)), tuple(problems)
    sections = root.only(*_SECTIONS)
    project = Project(
        name=sections["name"].text() if "name" in sections else "",
        environment=_environment(root, sections, folder),
        entry_points=_entry_points(sections["entry_points"]) if "entry_points" in sections else (),
        platform=_platform(sections["platform"]) if "platform" in sections else Platform(),
        has_file=True,
    )
    return project, tuple(problems)


def _environment(root: Place, sections: dict[str, Place], folder: Path | None) -> EnvironmentSpec:
    given = [name for name in ("python_env", "conda_env", "docker_env") if name in sections]
    if len(given) > 1:
        sections[given[1]].error(f"A project has one environment; this one names {' and '.join(given)}.")
    if not given:
        return _environment_of(folder)
    place = sections[given[0]]
    if given[0] == "docker_env":
        return _container(place)
    path = place.text()
    if folder is not None and not _is_file_in(folder, path):
        place.error(f"{given[0]} names {path!r}, which is no file of the project.")
    kind = EnvironmentKind.UV if given[0] == "python_env" else EnvironmentKind.CONDA
    return EnvironmentSpec(kind=kind, path=path)


def _is_file_in(folder: Path, path: str) -> bool:
    try:
        inside = (folder / path).resolve()
        return inside.is_relative_to(folder.resolve()) and inside.is_file()
    except (OSError, ValueError):
        return False  # no file system takes such a name


def _environment_of(folder: Path | None) -> EnvironmentSpec:
    for name, kind in _ENVIRONMENT_FILES:
        if folder is not None and (folder / name).is_file():
            return EnvironmentSpec(kind=kind, path=name)
    return EnvironmentSpec()


def _container(place: Place) -> EnvironmentSpec:
    fields = place.only("image", "volumes", "environment")
    if "image" not in fields:
        place.error("docker_env needs an image.")
    variables = []
    for item in fields["environment"].items() if "environment" in fields else ():
        # MLflow: a name passes on the caller's variable, a pair [name, value] sets it.
        variables.append("=".join(item.texts()) if item.is_list else item.text())
    return EnvironmentSpec(
        kind=EnvironmentKind.CONTAINER,
        image=fields["image"].text() if "image" in fields else "",
        volumes=fields["volumes"].texts() if "volumes" in fields else (),
        variables=tuple(variables),
    )


def _entry_points(place: Place) -> tuple[EntryPoint, ...]:
    return tuple(_entry_point(name, entry) for name, entry in place.fields().items())


def _entry_point(name: str, place: Place) -> EntryPoint:
    fields = place.only("parameters", "command", "help")
    given = fields["parameters"].fields() if "parameters" in fields else {}
    parameters = tuple(parameter for key, value in given.items() if (parameter := _parameter(key, value)))
    command = fields["command"].text() if "command" in fields else ""
    if not name.strip():
        place.error("An entry point needs a name.")
    if not command.strip():
        fields.get("command", place).error(f"Entry point {name!r} needs a command.")
    _check_placeholders(fields.get("command", place), command, parameters)
    return EntryPoint(
        name=name,
        command=command,
        parameters=parameters,
        help=fields["help"].text() if "help" in fields else "",
    )


def _check_placeholders(place: Place, command: str, parameters: tuple[Parameter, ...]) -> None:
    try:
        used = placeholders(command)
        if command.strip():
            argument_vector(command, dict.fromkeys(used, "x"))  # are its quotes closed?
    except InvalidValue as error:
        place.error(error.message)
        return
    declared = {parameter.name: parameter for parameter in parameters}
    for name in used:
        if name not in declared:
            place.warning(f"No parameter declares {{{name}}}: whoever runs the command must give it.")
        elif declared[name].is_secret:
            place.error(
                f"The command uses the secret {{{name}}}. Secrets never stand in an argument list: the command finds "
                f"it in its environment as {secret_variable(name)}."
            )


_PARAMETER = ("type", "default", "environment", "help", "choices", "minimum", "maximum", "secret")


def _parameter(name: str, place: Place) -> Parameter | None:
    if place.is_mapping:
        fields = place.only(*_PARAMETER)
    else:
        fields = {"type": place}  # the short form, `alpha: float`
    kind = _type(fields["type"]) if "type" in fields else ParameterType.STRING
    try:
        parameter = Parameter(
            name=name,
            type=kind,
            default=fields["default"].text() if "default" in fields and not fields["default"].is_nothing else None,
            environment=fields["environment"].text() if "environment" in fields else "",
            help=fields["help"].text() if "help" in fields else "",
            choices=fields["choices"].texts() if "choices" in fields else (),
            minimum=fields["minimum"].number() if "minimum" in fields else None,
            maximum=fields["maximum"].number() if "maximum" in fields else None,
            is_secret=fields["secret"].flag() if "secret" in fields else False,
        )
    except InvalidValue as error:
        place.error(error.message)
        return None
    _check_default(parameter, fields)
    return parameter


def _check_default(parameter: Parameter, fields: dict[str, Place]) -> None:
    is_number = parameter.type in (ParameterType.FLOAT, ParameterType.INT)
    for bound in ("minimum", "maximum"):
        if bound in fields and not is_number:
            fields[bound].error(f"A {parameter.type} has no {bound}; give the parameter the type float or int.")
            return
    if parameter.minimum is not None and parameter.maximum is not None and parameter.minimum > parameter.maximum:
        fields["minimum"].error(f"The minimum {parameter.minimum:g} is above the maximum {parameter.maximum:g}.")
        return
    if parameter.default is None:
        return
    try:
        if parameter.is_secret:
            check_reference("the default", parameter.default)
        else:
            parameter.check(parameter.default)
    except InvalidValue as error:
        fields["default"].error(f"The default does not fit: {error.message}")


def _type(place: Place) -> ParameterType:
    text = place.text()
    if place.is_mapping or place.is_list:
        return ParameterType.STRING  # what is wrong has been said
    try:
        return ParameterType(text)
    except ValueError:
        place.error(f"{text!r} is no type of a parameter; use one of {', '.join(ParameterType)}.")
        return ParameterType.STRING


def _platform(place: Place) -> Platform:
    fields = place.only("targets", "hosts", "labels", "gpus", "memory_gib", "image")
    return Platform(
        targets=fields["targets"].texts() if "targets" in fields else (),
        hosts=fields["hosts"].texts() if "hosts" in fields else (),
        labels=fields["labels"].texts() if "labels" in fields else (),
        n_gpus=math.ceil(fields["gpus"].amount()) if "gpus" in fields else 0,
        memory_gib=fields["memory_gib"].amount() if "memory_gib" in fields else 0.0,
        image=fields["image"].text() if "image" in fields else "",
    )


def with_entry_point(project: Project, name: str, folder: Path) -> EntryPoint:
    """The entry point of a name: one of the file, or a `.py` or `.sh` of the folder, as MLflow has it.

    Raises:
        InvalidValue: there is none; the message lists those that are there.
    """
    found = project.find(name)
    if found is not None:
        return found
    if name.endswith(_SCRIPTS) and _is_file_in(folder, name):
        return _script(name)
    known = ", ".join([entry.name for entry in project.entry_points] + _scripts(folder)) or "none"
    raise InvalidValue(f"The project has no entry point {name[:200]!r}. Those that can be run: {known}.")


def describe_project(folder: Path) -> Project:
    """What can be run in a folder: the entry points of its file, or else its scripts.

    Raises:
        InvalidProject: the file has errors.
    """
    project = load_project(folder)
    if project.entry_points:
        return project
    return msgspec.structs.replace(project, entry_points=tuple(map(_script, _scripts(folder))))


def _scripts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in _SCRIPTS)


def _script(name: str) -> EntryPoint:
    interpreter = "python" if name.endswith(".py") else "bash"
    # A name may look like an option, or hold what a command reads as a parameter or a sign of the shell.
    path = shlex.quote(f"./{name}" if name.startswith("-") else name).replace("{", "{{").replace("}", "}}")
    return EntryPoint(name=name, command=f"{interpreter} {path}")
