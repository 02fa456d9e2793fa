from pathlib import Path

import pytest

from runfold.config import ClientSettings, ServerSettings, StoreSettings, load
from runfold.errors import InvalidValue


def test_the_strongest_source_of_a_setting_wins(tmp_path: Path) -> None:
    file = tmp_path / "runfold.toml"
    file.write_text('port = 6001\nhost = "0.0.0.0"\nprocesses = 3\n')
    environ = {"RUNFOLD_CONFIG": str(file), "RUNFOLD_HOST": "::1", "RUNFOLD_PROCESSES": "2"}

    settings = load(ServerSettings, {"processes": 4, "port": None}, environ=environ)

    assert (settings.port, settings.host, settings.processes) == (6001, "::1", 4)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(ServerSettings, environ={"RUNFOLD_STORE": ""}).store == ServerSettings().store


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("RUNFOLD_OFFLINE", "yes", True),
        ("RUNFOLD_OFFLINE", "0", False),
        ("RUNFOLD_MAX_GIT_DIFF_BYTES", "12", 12),
        ("RUNFOLD_FLUSH_INTERVAL_S", "0.25", 0.25),
        ("RUNFOLD_EXPERIMENT_NAME", "a/b", "a/b"),
    ],
)
def test_variables_take_the_type_of_their_setting(variable: str, text: str, value: object) -> None:
    settings = load(ClientSettings, environ={variable: text})

    assert getattr(settings, variable.removeprefix("RUNFOLD_").lower()) == value


def test_lists_are_separated_by_commas() -> None:
    settings = load(ServerSettings, environ={"RUNFOLD_ALLOWED_HOSTS": "ml.example, other.example,"})

    assert settings.allowed_hosts == ("ml.example", "other.example")


def test_a_value_that_does_not_fit_names_its_origin() -> None:
    with pytest.raises(InvalidValue, match="environment variable RUNFOLD_PORT is 'many'; expected int"):
        load(ServerSettings, environ={"RUNFOLD_PORT": "many"})


def test_a_broken_or_missing_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("port = ")

    with pytest.raises(InvalidValue, match=r"broken\.toml is not valid TOML"):
        load(StoreSettings, environ={"RUNFOLD_CONFIG": str(broken)})
    with pytest.raises(InvalidValue, match="does not exist"):
        load(StoreSettings, environ={"RUNFOLD_CONFIG": str(tmp_path / "none.toml")})
