from pathlib import Path

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
