import click

A1, A2 = "a1" * 16, "a2" * 16


def test_list_shows_the_extremes(run):
    assert run("metrics", "list", "a1").stdout == "metric\tlast\tstep\tmin\tmax\tpoints\nloss\t1\t2\t1\t3\t3\n"


def test_values_print_every_point_exactly(run):
    result = run("metrics", "values", "a2", "-k", "loss")

    assert [line.split("\t")[2::2] for line in result.stdout.splitlines()[1:]] == [
        ["0", "4.0"],
        ["1", "2.0"],
        ["2", "nan"],
    ]


def test_values_as_json_are_columns(run_json):
    (series,) = run_json("metrics", "values", "a2")

    assert series == {
        "run_id": A2,
        "key": "loss",
        "steps": [0, 1, 2],
        "timestamps_ms": [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002],
        "values": [4.0, 2.0, "NaN"],
    }


def test_plot_draws_one_line_a_run(run):
    text = click.unstyle(run("metrics", "plot", "a1", "a2", "--width", "40", "--height", "5").stdout)

    assert text.splitlines()[0] == "loss"
    assert "── run-a1  a1a1a1a1  last 1" in text
    assert "── run-a2  a2a2a2a2  last 2" in text


def test_plot_by_time_and_of_a_missing_key(run):
    result = run("metrics", "plot", "a1", "-k", "loss", "-k", "gain", "--axis", "time", "--width", "40")

    assert result.exit_code == 0
    assert "No run has points of 'gain'." in result.stderr
