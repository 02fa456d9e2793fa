def test_only_differences_are_shown(run):
    result = run("compare", "a1", "a2")

    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["field", "run-a1 a1a1a1a1", "run-a2 a2a2a2a2"]
    assert ["params.lr", "0.1", "0.2"] in rows
    assert ["metrics.loss", "1", "nan"] in rows
    assert "params.depth" not in [row[0] for row in rows]
    assert "fields are the same in all" in result.stderr


def test_all_adds_what_is_equal_below(run):
    fields = [line.split("\t")[0] for line in run("compare", "a1", "a2", "--all").stdout.splitlines()]

    assert fields.index("params.lr") < fields.index("params.depth")


def test_json_tells_different_from_equal(run_json):
    document = run_json("compare", "a1", "b1")

    assert document["equal"]["params.lr"] == "0.1"
    assert document["different"]["experiment"] == {"a1" * 16: "vision/a", "b1" * 16: "speech"}


def test_one_run_is_not_enough(run):
    assert run("compare", "a1").exit_code == 2
