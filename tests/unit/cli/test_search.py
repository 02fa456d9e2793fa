import pytest


def lines(result):
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_a_pipe_gets_whole_tab_separated_lines(run):
    result = run("search", "metrics.loss.min <= 2", "-o", "params.lr DESC", "-c", "run_id", "-c", "metrics.loss.min")

    assert lines(result) == [["run_id", "loss.min"], ["a2" * 16, "2"], ["a1" * 16, "1"]]


def test_json_holds_all_values_and_spells_nan(run_json):
    (found,) = run_json("search", "params.lr = 0.2")

    assert found["run_id"] == "a2" * 16
    assert found["status"] == "FINISHED"
    assert found["duration_ms"] == 90_000
    assert found["params"] == {"lr": "0.2", "depth": "3"}
    assert found["metrics"]["loss"]["last"] == "NaN"
    assert found["metrics"]["loss"]["min"] == 2.0
    assert found["datasets"][0]["dataset"]["name"] == "iris"


def test_ids_alone_suit_xargs(run):
    assert run("search", "status = 'FAILED'", "--ids").stdout == "b1" * 16 + "\n"


@pytest.mark.parametrize(
    ("experiment", "ids"), [("vision/", {"a1", "a2"}), ("sp*", {"b1"}), ("2", {"b1"}), ("vision/a", {"a1", "a2"})]
)
def test_experiments_are_named_by_name_id_pattern_or_folder(run, experiment, ids):
    assert {line[:2] for line in run("search", "-e", experiment, "--ids").stdout.split()} == ids


def test_a_limit_cuts_and_zero_means_all(run):
    assert len(run("search", "-n", "1", "--ids").stdout.split()) == 1
    assert len(run("search", "-n", "0", "--ids").stdout.split()) == 3


def test_default_columns_tell_the_runs_apart(run):
    head, *rows = lines(run("runs", "list"))

    assert head == ["run_id", "name", "state", "age", "duration", "loss", "lr", "depth"]
    assert rows[0][2:3] + rows[0][4:5] == ["FINISHED", "1m 30s"]


def test_fields_that_are_searched_become_columns(run):
    result = run("search", "metrics.loss.max > 1 and tags.team = 'x'", "-o", "metrics.loss.min")

    assert lines(result)[0][5:] == ["loss.min", "loss.max", "tags.team", "loss", "lr", "depth"]


def test_a_filter_error_shows_the_place_and_exits_2(run):
    result = run("search", "metrics.loss <")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("^")


def test_an_unknown_column_is_refused_with_a_hint(run):
    result = run("search", "-c", "statuss")

    assert (result.exit_code, "did you mean 'status'" in result.stderr) == (2, True)


def test_an_unknown_experiment_exits_3(run):
    assert run("search", "-e", "nothing").exit_code == 3


def test_the_trash_is_listed_apart(run, store):
    store.delete_runs(["b1" * 16])

    assert run("runs", "list", "--deleted", "--ids").stdout == "b1" * 16 + "\n"
    assert "b1" not in run("runs", "list", "--ids").stdout
