import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runfold.domain.project import EntryPoint, EnvironmentKind, EnvironmentSpec, Parameter, ParameterType, Platform
from runfold.errors import InvalidValue
from runfold.projects.commands import argument_vector
from runfold.projects.spec import InvalidProject, load_project, read_project, with_entry_point

# As MLflow's documentation writes such files.
MLFLOWS = """
name: My Project
conda_env: my_env.yaml
entry_points:
  main:
    parameters:
      data_file: path
      regularization: {type: float, default: 0.1}
    command: "python train.py -r {regularization} {data_file}"
  validate:
    parameters:
      data_file: path
    command: "python validate.py {data_file}"
"""


def test_a_file_of_mlflow_is_read_whole_and_without_complaint() -> None:
    project, problems = read_project(MLFLOWS)

    assert problems == ()
    assert project.name == "My Project"
    assert project.environment == EnvironmentSpec(kind=EnvironmentKind.CONDA, path="my_env.yaml")
    assert project.entry_points == (
        EntryPoint(
            name="main",
            command="python train.py -r {regularization} {data_file}",
            parameters=(
                Parameter(name="data_file", type=ParameterType.PATH),
                Parameter(name="regularization", type=ParameterType.FLOAT, default="0.1"),
            ),
        ),
        EntryPoint(
            name="validate",
            command="python validate.py {data_file}",
            parameters=(Parameter(name="data_file", type=ParameterType.PATH),),
        ),
    )


def test_what_goes_beyond_mlflow() -> None:
    project, problems = read_project("""
entry_points:
  main:
    help: Train it.
    parameters:
      mode: {choices: [fast, exact], default: fast, help: how}
      depth: {type: int, minimum: 1, maximum: 9, environment: DEPTH, default: 3}
      token: {secret: true}
    command: python t.py {mode} {depth}
platform: {targets: [gpu-box], labels: [linux], gpus: 1, memory_gib: 8}
""")

    assert problems == ()
    assert project.platform == Platform(targets=("gpu-box",), labels=("linux",), n_gpus=1, memory_gib=8)
    (entry,) = project.entry_points
    assert entry.help == "Train it."
    assert entry.parameters == (
        Parameter(name="mode", choices=("fast", "exact"), default="fast", help="how"),
        Parameter(name="depth", type=ParameterType.INT, minimum=1, maximum=9, environment="DEPTH", default="3"),
        Parameter(name="token", is_secret=True),
    )


def test_a_docker_project() -> None:
    project, problems = read_project("""
docker_env:
  image: mlflow-docker-example
  volumes: ["/local/path:/container/mount/path"]
  environment: [["NEW_ENV_VAR", "new_var_value"], "VAR_TO_COPY_FROM_HOST_ENVIRONMENT"]
""")

    assert problems == ()
    assert project.environment == EnvironmentSpec(
        kind=EnvironmentKind.CONTAINER,
        image="mlflow-docker-example",
        volumes=("/local/path:/container/mount/path",),
        variables=("NEW_ENV_VAR=new_var_value", "VAR_TO_COPY_FROM_HOST_ENVIRONMENT"),
    )


@pytest.mark.parametrize(
    ("line", "at", "says"),
    [
        ("      a: {type: flaot}", 4, "'flaot' is no type"),
        ("      a: {type: float, default: x}", 4, "does not fit"),
        ("      a: {choices: [x], default: y}", 4, "it takes 'x'"),
        ("      a: {maximum: 3}", 4, "has no maximum"),
        ("      -a: float", 4, "no name of a parameter"),
        ("      a: {secret: true}", 5, "Secrets never stand in an argument list"),
        ("      a: {secret: perhaps}", 4, "must be true or false"),
        ("      a: {type: [float]}", 4, "single value"),
        ("      a: {type: int, minimum: 3, maximum: 2}", 4, "minimum 3 is above the maximum 2"),
        ("      a: {type: int, default: x}", 4, "takes an int"),
    ],
)
def test_a_mistake_is_told_with_its_line(line: str, at: int, says: str) -> None:
    _, problems = read_project(f"entry_points:\n  main:\n    parameters:\n{line}\n    command: run {{a}}\n")

    (error,) = [problem for problem in problems if problem.is_error]
    assert error.line == at
    assert says in error.message


def test_a_secret_has_no_place_in_the_file_and_is_not_repeated() -> None:
    file = "entry_points: {main: {parameters: {key: {secret: true, default: hunter22}}, command: run}}"
    (error,) = read_project(file)[1]
    assert "say where it is found" in error.message
    assert "hunter22" not in error.message
    assert read_project(file.replace("hunter22", "'env:KEY'"))[1] == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [('main: {command: "python -c \'x"}', "No closing quotation"), ("'': {command: id}", "needs a name")],
)
def test_an_entry_point_that_could_not_be_started_is_told(entry: str, says: str) -> None:
    (error,) = read_project(f"entry_points:\n  {entry}\n")[1]

    assert error.line == 2
    assert says in error.message


def test_all_mistakes_are_told_at_once() -> None:
    _, problems = read_project("name: [x]\nconda_env: a\npython_env: b\nentry_points: {main: {command: 'x {'}}\n")

    assert [(problem.line, problem.is_error) for problem in problems] == [(1, True), (2, True), (4, True)]


def test_a_name_that_nothing_reads_is_a_warning() -> None:
    _, problems = read_project("entrypoints: {}\n")

    assert [(problem.is_error, problem.line) for problem in problems] == [(False, 1)]


@pytest.mark.parametrize("text", ["a: [", "\t- x", "- 1", "name: a\nname: b", "[" * 9 + "]" * 9, "\0"])
def test_what_is_no_project_is_a_problem_and_no_failure(text: str) -> None:
    _, problems = read_project(text)

    assert len(problems) >= 1
    assert all("\n" not in problem.message and not problem.message.startswith(" ") for problem in problems)


@pytest.mark.parametrize("text", ["", "~", "# nothing"])
def test_an_empty_file_is_a_project_without_entry_points(text: str) -> None:
    assert read_project(text)[1] == ()


@pytest.mark.parametrize("text", ["a: &a [*a]", "[" * 30 + "]" * 30, "[" * 2_000, "{a: " * 1_000])
def test_a_file_that_nests_without_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nests"):
        read_project(text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name: a\nname: \xfc\n", "not UTF-8: see line 2"),
        ("name: a".encode("utf-16"), "not UTF-8"),
        (b"#" * 1_000_001, "too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "MLproject").write_bytes(content)

    with pytest.raises(InvalidValue, match=says):
        load_project(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_plain_file_is_not_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "MLproject")

    with pytest.raises(InvalidValue, match="no plain file"):
        load_project(tmp_path)


def test_what_entry_points_have_in_common_is_written_once() -> None:
    project, problems = read_project("""
entry_points:
  train: &train
    help: common
    parameters: &fit {alpha: float, beta: float}
    command: "train {alpha}"
  evaluate:
    <<: *train
    parameters:
      <<: [*fit, {beta: int, gamma: int}]
      alpha: int
""")

    assert problems == ()
    evaluate = project.find("evaluate")
    assert evaluate is not None
    assert evaluate.help == "common"
    assert {parameter.name: parameter.type.value for parameter in evaluate.parameters} == {
        "alpha": "int",
        "beta": "float",
        "gamma": "int",
    }


@pytest.mark.parametrize(
    ("platform", "says"),
    [("{gpus: -1}", "from 0"), ("{gpus: .inf}", "must be a number"), ("{memory_gib: nan}", "must be a number")],
)
def test_what_is_wanted_of_a_machine_is_an_amount(platform: str, says: str) -> None:
    (error,) = read_project(f"platform: {platform}")[1]

    assert says in error.message


HOSTILE = ["-c.py", "--help.sh", "a b'.py", "$(id).py", "{alpha}.py", "`id`.sh", "*.py", "a\nb.sh"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_script_of_any_name_is_one_argument(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    entry = with_entry_point(load_project(tmp_path), name, tmp_path)

    interpreter, path = argument_vector(entry.command, {})
    assert interpreter == ("python" if name.endswith(".py") else "bash")
    assert not path.startswith("-")
    assert (tmp_path / path).samefile(tmp_path / name)


def test_a_folder_without_a_file_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()
    (tmp_path / "requirements.txt").touch()

    project = load_project(tmp_path)

    assert project.environment == EnvironmentSpec(kind=EnvironmentKind.UV, path="requirements.txt")
    assert with_entry_point(project, "train.py", tmp_path).command == "python train.py"
    with pytest.raises(ValueError, match=r"no entry point 'main'.*: train\.py"):
        with_entry_point(project, "main", tmp_path)


def test_an_entry_point_cannot_lie_outside(tmp_path: Path) -> None:
    (tmp_path / "evil.py").touch()
    (tmp_path / "inside").mkdir()

    with pytest.raises(ValueError, match="no entry point"):
        with_entry_point(load_project(tmp_path / "inside"), "../evil.py", tmp_path / "inside")


def test_a_file_with_errors_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "MLproject").write_text("python_env: missing.yaml\nentry_points: {main: {}}\n")

    with pytest.raises(InvalidProject, match=r"(?s)line 1: .*no file.*line 2: .*needs a command"):
        load_project(tmp_path)
