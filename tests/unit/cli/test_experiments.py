def test_list_counts_runs(run):
    rows = [line.split("\t") for line in run("experiments", "list").stdout.splitlines()]

    assert rows[0] == ["id", "name", "runs", "running", "last run"]
    assert {row[1]: row[2] for row in rows[1:]} == {"Default": "0", "vision/a": "2", "speech": "1"}


def test_list_as_json(run_json):
    assert {item["experiment"]["name"]: item["n_runs"] for item in run_json("experiments", "list")} == {
        "Default": 0,
        "vision/a": 2,
        "speech": 1,
    }


def test_create_prints_the_id_and_a_taken_name_exits_5(run, store):
    created = run("experiments", "create", "new/one", "--tag", "team=x")

    experiment = store.get_experiment(created.stdout.strip())
    assert (experiment.name, experiment.tags) == ("new/one", {"team": "x"})
    assert run("experiments", "create", "new/one").exit_code == 5


def test_rename_delete_restore(run, store):
    assert run("experiments", "rename", "speech", "voice").exit_code == 0
    assert run("experiments", "delete", "voice").exit_code == 0
    assert store.get_experiment("2").lifecycle_stage == "deleted"
    assert "voice" in run("experiments", "list", "--deleted").stdout

    assert run("experiments", "restore", "voice").exit_code == 0
    assert store.get_run("b1" * 16).info.lifecycle_stage == "active"


def test_columns_of_an_experiment(run, run_json):
    rows = [line.split("\t") for line in run("experiments", "columns", "vision/a").stdout.splitlines()]

    assert rows[0] == ["column", "runs", "distinct", "min", "max", "examples"]
    assert {row[0]: row[1] for row in rows[1:]}.items() >= {
        "params.lr": "2",
        "metrics.loss": "2",
        "tags.team": "2",
    }.items()
    assert run_json("experiments", "columns", "vision/a", "LOSS")[0]["kind"] == "metric"
