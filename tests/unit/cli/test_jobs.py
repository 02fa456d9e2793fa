from pathlib import Path

from runfold.domain.job import Agent
from runfold.stores.work import JobQuery


def test_a_grid_is_a_job_for_every_combination(run, store):
    printed = run("jobs", "submit", ".", "-P", "data=wine.csv", "--vary", "alpha=0.1,0.2", "--vary", "ratio=0..1 in 3")

    jobs = store.list_jobs(JobQuery()).items[::-1]
    assert printed.stdout.split() == [job.job_id for job in jobs]
    assert [job.work.parameters for job in jobs] == [
        {"data": "wine.csv", "alpha": alpha, "ratio": ratio} for alpha in ("0.1", "0.2") for ratio in ("0", "0.5", "1")
    ]


def test_a_range_that_is_none_queues_nothing(run, store):
    printed = run("jobs", "submit", ".", "--vary", "alpha=1..0")

    assert printed.exit_code == 2
    assert "'1..0' is no range of numbers" in printed.stderr
    assert store.list_jobs(JobQuery()).items == ()


def test_a_folder_is_named_in_full_since_agents_stand_elsewhere(run, store):
    run("jobs", "submit", ".#sub")
    run("jobs", "submit", "git@host:team/models.git#wine")

    assert [job.work.uri for job in store.list_jobs(JobQuery()).items[::-1]] == [
        f"{Path.cwd()}#sub",
        "git@host:team/models.git#wine",
    ]


def test_a_path_that_leads_nowhere_queues_nothing_and_a_registered_project_is_told_by_its_code(run, store, tmp_path):
    (tmp_path / "one.py").write_text("")
    run("projects", "register", str(tmp_path), "-n", "letters")

    nowhere, registered = run("jobs", "submit", "no-such-folder"), run("jobs", "submit", "letters")

    assert (nowhere.exit_code, registered.exit_code) == (2, 2)
    assert "'no-such-folder' is no folder or archive here" in nowhere.stderr
    assert f"a registered project. Submit its code: {tmp_path}\n" in registered.stderr
    assert store.list_jobs(JobQuery()).items == ()
    assert run("jobs", "submit", "/of/another/machine").exit_code == 0


def test_a_job_that_no_agent_takes_says_how_one_is_started(run, store):
    store.claim_jobs(Agent(name="one", queues=("default",), labels=("a100",)), 1)

    taken = run("jobs", "submit", ".", "-l", "a100")
    waiting = run("jobs", "submit", ".", "-q", "gpu", "-l", "h100")
    run("jobs", "cancel", waiting.stdout.strip())

    assert taken.stderr == ""
    for printed in (waiting, run("jobs", "retry", waiting.stdout.strip())):
        assert printed.exit_code == 0
        assert "Start one with `runfold agent --queue gpu --label h100`." in printed.stderr
