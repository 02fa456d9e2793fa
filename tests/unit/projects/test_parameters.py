from pathlib import Path

import pytest

from runfold.domain.project import EntryPoint, Parameter, ParameterType
from runfold.errors import InvalidValue
from runfold.projects.parameters import Values, choose_values, for_the_command

ENTRY = EntryPoint(
    name="main",
    command="run",
    parameters=(
        Parameter(name="alpha", type=ParameterType.FLOAT, default="0.5", minimum=0, maximum=1),
        Parameter(name="depth", type=ParameterType.INT, help="levels"),
        Parameter(name="fast", type=ParameterType.BOOL, default="no"),
        Parameter(name="api-key", is_secret=True, environment="KEY_AT"),
    ),
)


def test_given_values_defaults_and_what_the_environment_says() -> None:
    chosen = choose_values(ENTRY, {"depth": "3", "note": "x y"}, environ={"KEY_AT": "env:MY_KEY"})

    assert chosen == Values(
        declared={"alpha": "0.5", "depth": "3", "fast": "false"},
        extra={"note": "x y"},
        secrets={"API_KEY": "env:MY_KEY"},
        given=frozenset({"depth", "note"}),
    )
    assert chosen.recorded == {"alpha": "0.5", "depth": "3", "fast": "false", "note": "x y"}


def test_everything_that_is_wrong_is_told_at_once_and_no_secret_is() -> None:
    with pytest.raises(InvalidValue) as refused:
        choose_values(ENTRY, {"alpha": "2", "fast": "perhaps", "api-key": "hunter2", "-x": "1"}, environ={})

    message = str(refused.value)
    for fragment in ("'alpha' is '2'", "from 0 to 1", "'depth' (levels) is missing", "'fast' is 'perhaps'", "'-x'"):
        assert fragment in message
    assert "hunter2" not in message


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_bounds_hold_against_what_is_no_ordinary_number(value: str) -> None:
    with pytest.raises(InvalidValue):
        choose_values(ENTRY, {"alpha": value, "depth": "1", "api-key": "env:X"}, environ={})


def test_paths_count_from_where_the_caller_stands(tmp_path: Path) -> None:
    (tmp_path / "data.csv").touch()
    path, uri = Parameter(name="p", type=ParameterType.PATH), Parameter(name="u", type=ParameterType.URI)

    assert for_the_command(path, "data.csv", folders=[tmp_path]) == str(tmp_path / "data.csv")
    assert for_the_command(uri, "s3://bucket/x", folders=[tmp_path]) == "s3://bucket/x"
    assert for_the_command(uri, "later.csv", folders=[tmp_path]) == str(tmp_path / "later.csv")
    assert for_the_command(None, "data.csv", folders=[tmp_path]) == "data.csv"
    with pytest.raises(InvalidValue, match=r"no such file"):
        for_the_command(path, "missing.csv", folders=[tmp_path])


def test_a_path_is_looked_for_in_one_folder_after_the_other(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, name in ((first, "both"), (second, "both"), (second, "one")):
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    path = Parameter(name="data", type=ParameterType.PATH)

    found = [for_the_command(path, name, folders=[first, second]) for name in ("both", "one")]

    assert found == [str(first / "both"), str(second / "one")]
    assert for_the_command(path, "one", folders=()) == "one"


def test_a_value_that_a_variable_may_give_is_told_with_it() -> None:
    entry = EntryPoint(name="main", command="x", parameters=(Parameter(name="depth", environment="DEPTH"),))
    assert choose_values(entry, {}, environ={"DEPTH": "3"}).declared == {"depth": "3"}
    with pytest.raises(InvalidValue, match="or set the variable DEPTH"):
        choose_values(entry, {}, environ={})
