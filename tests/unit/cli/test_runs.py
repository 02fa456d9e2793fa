import click

A1, A2, B1 = "a1" * 16, "a2" * 16, "b1" * 16


def test_show_prints_what_is_known(run):
    text = click.unstyle(run("runs", "show", A1).stdout)

    for part in (
        "run-a1",
        "vision/a (1)",
        "FINISHED",
        "1m 30s",
        "lr\t0.1",
        "loss\t1\t2\t1\t3\t3",
        "team\tx",
        "iris\td1",
    ):
        assert part in text


def test_a_run_is_found_by_the_beginning_of_its_id_or_by_its_name(run_json):
    assert run_json("runs", "show", "b1b1")["run_id"] == B1
    assert run_json("runs", "show", "run-a2")["run_id"] == A2


def test_a_beginning_of_several_ids_is_refused_with_the_candidates(run):
    result = run("runs", "show", "a")

    assert result.exit_code == 2
    assert A1 in result.stderr
    assert A2 in result.stderr


def test_an_unknown_run_exits_3(run):
    result = run("runs", "show", "nothing")

    assert (result.exit_code, result.stderr) == (3, "Error: No run has the id or name 'nothing'.\n")


def test_delete_and_restore(run, store):
    assert run("runs", "delete", "a1", "b1").stdout == "Moved 2 runs to the trash.\n"
    assert store.get_run(A1).info.lifecycle_stage == "deleted"

    assert run("runs", "restore", A1).exit_code == 0
    assert store.get_run(A1).info.lifecycle_stage == "active"


def test_delete_of_several_runs_changes_nothing_when_one_is_unknown(run, store):
    assert run("runs", "delete", "a1", "zz").exit_code == 3
    assert store.get_run(A1).info.lifecycle_stage == "active"


def test_tags_are_set_and_removed(run, store):
    assert run("runs", "tag", "a1", "stage=best", "note=a=b").exit_code == 0
    assert store.get_run(A1).tags["note"] == "a=b"

    assert run("runs", "unset", "a1", "--tag", "stage", "--metric", "loss", "--param", "lr").exit_code == 0
    found = store.get_run(A1)
    assert (found.metrics, found.params, found.tags.get("stage")) == ({}, {"depth": "3"}, None)


def test_a_tag_without_a_value_is_a_usage_error(run):
    assert run("runs", "tag", "a1", "stage").exit_code == 2


def test_unset_cuts_a_metric_after_a_step(run, store):
    assert run("runs", "unset", "a1", "--metric", "loss", "--after-step", "0").exit_code == 0
    assert store.get_run(A1).metrics["loss"].last == 3.0


def test_move_and_rename(run, store):
    assert run("runs", "move", "b1", "--to", "vision/a").exit_code == 0
    assert run("runs", "rename", "b1", "better").exit_code == 0

    info = store.get_run(B1).info
    assert (info.experiment_id, info.run_name) == ("1", "better")


def test_end_closes_a_run_left_open(run, store):
    from runfold.domain.run import NewRun

    open_run = store.create_run(NewRun(experiment_id="1")).info.run_id

    assert run("runs", "end", open_run, "--status", "FAILED").exit_code == 0
    assert store.get_run(open_run).info.status.name == "FAILED"
    assert store.get_run(open_run).info.end_time_ms is not None


def test_show_prints_the_trace_of_a_failure_line_by_line(run, store):
    store.set_tag(B1, "runfold.error", 'File "train.py", line 3\nValueError: no \x1b[2Jdata')

    assert run("runs", "show", "b1").stdout.endswith('\nError\nFile "train.py", line 3\nValueError: no  [2Jdata\n')
