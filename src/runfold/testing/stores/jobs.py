"""Jobs: the queue, the leases, the logs."""

from __future__ import annotations

import threading
import time
from collections import Counter

import msgspec
import pytest

from runfold.domain import known_tags
from runfold.domain.job import Agent, Job, JobKind, JobReport, JobState, NewJob, Resources
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.target import SlurmSettings, Target, TargetKind
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.stores.work import JobQuery
from runfold.testing.stores.records import unique

RUNNING, FINISHED, FAILED = (JobReport(state=state) for state in (JobState.RUNNING, JobState.FINISHED, JobState.FAILED))


def submit(store: TrackingStore, queue: str, **fields: object) -> Job:
    return store.submit_job(NewJob(**{"uri": "/project", "queue": queue, **fields}))  # type: ignore[arg-type]


def agent(queue: str, *labels: str) -> Agent:
    return Agent(name=unique("agent"), host="h", queues=(queue,), labels=labels, n_slots=4, version="1")


def claim(store: TrackingStore, queue: str, n_jobs: int = 1) -> tuple[Job, ...]:
    return store.claim_jobs(agent(queue), n_jobs)


def test_a_job_reads_back_as_it_was_asked_for(store: TrackingStore) -> None:
    work = NewJob(
        uri="https://host/p.git#é",
        kind=JobKind.RERUN,
        project="é/p",
        credential="env:TOKEN",
        origin="ab" * 16,
        version="v1",
        entry_point="train",
        parameters={"alpha": "0.5", "wörd": "x y"},
        experiment_id="3",
        run_name="n",
        env_manager="uv",
        tags={"k": "v"},
        queue=unique("queue"),
        labels=("gpu",),
        priority=-5,
        n_tries=3,
        timeout_s=1.5,
        user_id="me",
    )
    job = store.submit_job(work)
    assert (job.work, job.state, job.attempt) == (work, JobState.QUEUED, 0)
    assert store.get_job(job.job_id) == job


def test_a_job_goes_from_state_to_state(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    (claimed,) = claim(store, queue)
    assert (claimed.job_id, claimed.state, claimed.attempt) == (job.job_id, JobState.CLAIMED, 1)
    assert claimed.claim_time_ms is not None
    assert claimed.lease_until_ms is not None
    assert claimed.lease_until_ms > claimed.claim_time_ms
    store.report_job(job.job_id, 1, JobReport(state=JobState.PREPARING))
    running = store.report_job(job.job_id, 1, JobReport(state=JobState.RUNNING, run_id="ab" * 16))
    assert (running.state, running.run_id) == (JobState.RUNNING, "ab" * 16)
    assert running.start_time_ms is not None
    over = store.report_job(job.job_id, 1, JobReport(state=JobState.FINISHED, exit_code=0, reason="finished"))
    assert (over.state, over.exit_code, over.reason, over.run_id) == (JobState.FINISHED, 0, "finished", "ab" * 16)
    assert over.end_time_ms is not None
    assert over.lease_until_ms is None


def test_each_step_of_a_job_is_kept(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue, n_tries=2)
    me = agent(queue)
    store.claim_jobs(me, 1)
    store.report_job(job.job_id, 1, RUNNING)
    store.report_job(job.job_id, 1, JobReport(state=JobState.FAILED, exit_code=3, reason="exit code 3"))
    store.claim_jobs(me, 1)
    store.cancel_job(job.job_id)
    store.cancel_job(job.job_id)
    steps = store.get_job_steps(job.job_id)
    assert [(step.state.value, step.attempt, step.agent) for step in steps] == [
        ("queued", 0, ""),
        ("claimed", 1, me.name),
        ("running", 1, me.name),
        ("failed", 1, me.name),
        ("queued", 1, ""),
        ("claimed", 2, me.name),
        ("claimed", 2, me.name),
    ]
    assert (steps[3].exit_code, steps[3].reason, steps[-1].reason) == (3, "exit code 3", "asked to end")
    assert [step.time_ms for step in steps] == sorted(step.time_ms for step in steps)
    with pytest.raises(NotFound):
        store.get_job_steps("0" * 32)


def test_changes_are_followed_by_a_cursor(store: TrackingStore) -> None:
    queue = unique("queue")
    start = store.changed_jobs(after=-1)
    assert start.jobs == ()
    first, second = submit(store, queue), submit(store, queue)
    store.cancel_job(first.job_id)
    changes = store.changed_jobs(after=start.cursor)
    mine = [job for job in changes.jobs if job.work.queue == queue]
    assert [(job.job_id, job.state) for job in mine] == [
        (first.job_id, JobState.CANCELLED),
        (second.job_id, JobState.QUEUED),
    ]
    assert store.changed_jobs(after=changes.cursor).cursor >= changes.cursor
    one = store.changed_jobs(after=start.cursor, max_results=1)
    assert len(one.jobs) == 1
    assert start.cursor < one.cursor < changes.cursor


def test_a_sign_of_life_is_no_change(store: TrackingStore) -> None:
    queue = unique("queue")
    me = agent(queue)
    job = submit(store, queue)
    store.claim_jobs(me, 1)
    cursor = store.changed_jobs(after=-1).cursor
    store.beat_jobs(me.name, [(job.job_id, 1)])
    assert job.job_id not in [changed.job_id for changed in store.changed_jobs(after=cursor).jobs]


def test_several_jobs_are_queued_together_or_not_at_all(store: TrackingStore) -> None:
    queue = unique("queue")
    works = [NewJob(uri="/p", queue=queue, parameters={"alpha": str(number)}) for number in range(3)]
    assert [job.work for job in store.submit_jobs(works)] == works
    with pytest.raises(InvalidValue):
        store.submit_jobs([NewJob(uri="/p", queue=queue), NewJob(uri=" ", queue=queue)])
    assert len(store.list_jobs(JobQuery(queue=queue)).items) == 3


def test_jobs_of_a_project_are_listed(store: TrackingStore) -> None:
    queue, project = unique("queue"), unique("prøject")
    mine = submit(store, queue, project=project)
    submit(store, queue)
    assert store.list_jobs(JobQuery(project=project)).items == (mine,)
    assert store.list_jobs(JobQuery(project=project, queue=unique("other"))).items == ()


def test_jobs_are_found_by_their_target_user_and_words(store: TrackingStore) -> None:
    queue, target, user = unique("queue"), unique("target"), unique("ada")
    store.create_target(Target(name=target, kind=TargetKind.LOCAL))
    plain = submit(store, queue, parameters={"alpha": "0.5"}, run_name="Größe 100%")
    other = submit(store, queue, target=target, user_id=user, parameters={"alpha": "0.25", "data": "a_b"})

    def found(**fields: str) -> list[str]:
        return [job.job_id for job in store.list_jobs(JobQuery(queue=queue, **fields)).items]  # type: ignore[arg-type]

    assert found(target=target) == found(user_id=user) == [other.job_id]
    assert found(text="ALPHA=0.25") == found(text=f"data {user}") == found(text=other.job_id[:12]) == [other.job_id]
    assert found(text="GRÖSSE") == found(text="größe 100%") == [plain.job_id]
    assert found(text="alpha") == [other.job_id, plain.job_id]
    # Signs that mean something to a database mean themselves.
    assert found(text="a_b") == [other.job_id]
    assert found(text="axb") == found(text="%a") == found(text="'") == found(text="a\\") == []
    assert found(text="\0") == found(target="\0") == []


def test_jobs_of_a_project_are_found_by_its_present_name(store: TrackingStore) -> None:
    queue, name, new_name = unique("queue"), unique("wine"), unique("Grape")
    store.create_project(ProjectSettings(name=name, uri="/p"))
    job = submit(store, queue, project=name)
    store.rename_project(name, new_name)
    assert [one.job_id for one in store.list_jobs(JobQuery(queue=queue, text=new_name.upper())).items] == [job.job_id]
    assert store.list_jobs(JobQuery(queue=queue, text=name)).items == ()


def test_jobs_are_counted_by_state(store: TrackingStore) -> None:
    queue, user = unique("queue"), unique("ada")
    jobs = [submit(store, queue, user_id=user) for _ in range(3)]
    store.cancel_job(jobs[0].job_id)
    counts = store.count_jobs(JobQuery(queue=queue))
    assert counts.states == {JobState.QUEUED: 2, JobState.CANCELLED: 1}
    assert queue in counts.queues
    assert user in counts.users
    assert store.count_jobs(JobQuery(queue=queue, states=(JobState.QUEUED,))).states == {JobState.QUEUED: 2}
    assert store.count_jobs(JobQuery(queue=queue, text="nothing like it")).states == {}


def test_jobs_that_were_asked_for_together_are_seen_as_one(store: TrackingStore) -> None:
    queue, grid, other = unique("queue"), unique("grid"), unique("grid")
    alone = submit(store, queue)
    members = [submit(store, queue, tags={known_tags.GRID: grid}) for _ in range(3)]
    submit(store, queue, tags={known_tags.GRID: other})
    store.cancel_job(members[2].job_id)

    def found(**fields: object) -> list[str]:
        return [job.job_id for job in store.list_jobs(JobQuery(queue=queue, is_folded=True, **fields)).items]  # type: ignore[arg-type]

    assert found()[1:] == [members[2].job_id, alone.job_id]
    # What is folded is what fits, one page after another.
    assert found(states=(JobState.QUEUED,))[1:] == [members[1].job_id, alone.job_id]
    first = store.list_jobs(JobQuery(queue=queue, is_folded=True, max_results=2))
    assert found(page_token=first.next_token) == [alone.job_id]
    assert found(grid=grid) == [job.job_id for job in reversed(members)]
    progress = store.get_job_grids([grid, "none", "a\0b", other])
    assert [(one.grid, one.states) for one in progress] == [
        (grid, {JobState.QUEUED: 2, JobState.CANCELLED: 1}),
        ("none", {}),
        ("a\0b", {}),
        (other, {JobState.QUEUED: 1}),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": JobKind.RERUN},
        {"kind": JobKind.RERUN, "origin": "../x"},
        {"credential": "hunter2"},
        {"uri": "https://me:hunter2@example.org/x.git#sub"},
        {"uri": "git+https://hunter2@example.org/x.git"},
        {"uri": "ssh://me:hunter2@example.org/x.git"},
        {"project": "p" * 300},
        {"entry_point": "a\0.py"},
        {"version": "a\0"},
    ],
)
def test_jobs_that_make_no_sense_are_refused(store: TrackingStore, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as caught:
        submit(store, unique("queue"), **fields)
    assert "hunter2" not in caught.value.message


def test_a_log_is_searched(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    claim(store, queue)
    pieces = [b"start\nERR", b"OR: one\nfine\n", "Größe error\n".encode(), b"last error"]
    start = 0
    for piece in pieces:
        store.append_job_log(job.job_id, 1, start, piece)
        start += len(piece)
    found = store.search_job_log(job.job_id, "error")
    assert [(match.line, match.start, match.text) for match in found.matches] == [
        (2, 6, "ERROR: one"),
        (4, 22, "Größe error"),
        (5, 36, "last error"),
    ]
    assert found.is_complete
    assert [match.line for match in store.search_job_log(job.job_id, "GRÖSSE").matches] == [4]
    part = store.search_job_log(job.job_id, "error", after=7, max_results=1)
    assert ([match.line for match in part.matches], part.is_complete) == ([4], False)
    assert store.search_job_log(job.job_id, "none").matches == ()
    with pytest.raises(InvalidValue):
        store.search_job_log(job.job_id, "")


def test_urgent_jobs_go_first_and_older_ones_among_equals(store: TrackingStore) -> None:
    queue = unique("queue")
    jobs = [submit(store, queue, priority=priority) for priority in (0, 5, 0, 5)]
    taken = [job.job_id for job in claim(store, queue, 10)]
    assert taken == [jobs[index].job_id for index in (1, 3, 0, 2)]
    assert claim(store, queue) == ()


def test_an_agent_gets_only_what_it_can_run(store: TrackingStore) -> None:
    queue, other = unique("queue"), unique("queue")
    job = submit(store, queue, labels=("gpu", "linux"))
    submit(store, other)
    assert store.claim_jobs(agent(queue, "linux"), 5) == ()
    (taken,) = store.claim_jobs(agent(queue, "x", "linux", "gpu"), 5)
    assert taken.job_id == job.job_id


def test_many_jobs_that_do_not_fit_do_not_hide_one_that_does(store: TrackingStore) -> None:
    queue = unique("queue")
    for _ in range(205):
        submit(store, queue, labels=("other",))
    job = submit(store, queue)
    (taken,) = claim(store, queue)
    assert taken.job_id == job.job_id


def test_of_many_agents_one_gets_a_job(store: TrackingStore) -> None:
    queue = unique("queue")
    jobs = {submit(store, queue).job_id for _ in range(40)}
    taken: Counter[str] = Counter()
    lock, together = threading.Lock(), threading.Barrier(8)

    def work() -> None:
        me = agent(queue)
        together.wait()
        while claimed := store.claim_jobs(me, 3):
            with lock:
                taken.update(job.job_id for job in claimed)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == Counter(jobs)


def test_a_failed_job_is_tried_again_as_often_as_asked_for(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue, n_tries=2)
    claim(store, queue)
    assert store.report_job(job.job_id, 1, FAILED).state is JobState.QUEUED
    (again,) = claim(store, queue)
    assert again.attempt == 2
    assert store.report_job(job.job_id, 2, FAILED).state is JobState.FAILED


def test_an_attempt_that_is_over_cannot_report(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    claim(store, queue)
    over = store.report_job(job.job_id, 1, FINISHED)
    assert store.report_job(job.job_id, 1, FINISHED) == over  # an answer that was lost
    for attempt, report in ((1, FAILED), (1, RUNNING), (2, RUNNING)):
        with pytest.raises(InvalidState):
            store.report_job(job.job_id, attempt, report)
    with pytest.raises(InvalidValue):
        store.report_job(job.job_id, 1, JobReport(state=JobState.QUEUED))


def test_a_waiting_job_is_cancelled_at_once(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    assert store.cancel_job(job.job_id).state is JobState.CANCELLED
    assert store.cancel_job(job.job_id).state is JobState.CANCELLED
    assert claim(store, queue) == ()


def test_the_agent_of_a_cancelled_job_is_told(store: TrackingStore) -> None:
    queue = unique("queue")
    jobs = [submit(store, queue, n_tries=3) for _ in range(2)]
    me = agent(queue)
    store.claim_jobs(me, 2)
    held = [(job.job_id, 1) for job in jobs]
    assert store.beat_jobs(me.name, held) == ()
    assert store.cancel_job(jobs[0].job_id).is_cancel_requested
    assert store.beat_jobs(me.name, held) == (jobs[0].job_id,)
    ended = store.report_job(jobs[0].job_id, 1, JobReport(state=JobState.CANCELLED, exit_code=-15))
    assert ended.state is JobState.CANCELLED
    with pytest.raises(InvalidState):
        store.report_job(jobs[0].job_id, 1, FINISHED)


def test_what_is_over_cannot_be_cancelled_but_tried_again(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    with pytest.raises(InvalidState):
        store.retry_job(job.job_id)
    claim(store, queue)
    store.report_job(job.job_id, 1, FINISHED)
    with pytest.raises(InvalidState):
        store.cancel_job(job.job_id)
    assert store.retry_job(job.job_id).state is JobState.QUEUED
    (again,) = claim(store, queue)
    assert (again.attempt, again.end_time_ms, again.start_time_ms) == (2, None, None)


def test_a_silent_agents_job_is_lost_or_tried_again(store: TrackingStore) -> None:
    queue = unique("queue")
    once, twice, alive = (submit(store, queue, n_tries=n) for n in (1, 2, 1))
    me = agent(queue)
    store.claim_jobs(me, 3)
    end = time.monotonic() + 30
    while store.get_job(once.job_id).state is not JobState.LOST:
        assert time.monotonic() < end
        store.beat_jobs(me.name, [(alive.job_id, 1)])
        time.sleep(0.05)
    (again,) = claim(store, queue)
    assert (again.job_id, again.attempt) == (twice.job_id, 2)
    assert store.get_job(alive.job_id).state is JobState.CLAIMED
    # Whoever was thought lost learns that its jobs are not its own any more.
    assert set(store.beat_jobs(me.name, [(twice.job_id, 1), (once.job_id, 1)])) == {twice.job_id, once.job_id}
    with pytest.raises(InvalidState):
        store.report_job(twice.job_id, 1, FINISHED)


def test_a_log_is_read_in_parts_and_a_piece_sent_again_counts_once(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    claim(store, queue)
    store.append_job_log(job.job_id, 1, 0, b"\xff\x00one ")
    store.append_job_log(job.job_id, 1, 6, b"two")
    store.append_job_log(job.job_id, 1, 6, b"two")
    part = store.read_job_log(job.job_id, start=4, max_bytes=4)
    assert (part.attempt, part.start, part.content, part.size, part.is_whole) == (1, 4, b"e tw", 9, False)
    store.report_job(job.job_id, 1, FINISHED)
    whole = store.read_job_log(job.job_id)
    assert (whole.content, whole.is_whole) == (b"\xff\x00one two", True)
    assert store.read_job_log(job.job_id, start=100).content == b""


def test_a_log_has_no_gaps_and_belongs_to_its_attempt(store: TrackingStore) -> None:
    queue = unique("queue")
    job = submit(store, queue)
    claim(store, queue)
    with pytest.raises(InvalidValue):
        store.append_job_log(job.job_id, 1, 5, b"x")
    with pytest.raises(InvalidState):
        store.append_job_log(job.job_id, 2, 0, b"x")
    with pytest.raises(InvalidValue, match="at most"):
        store.append_job_log(job.job_id, 1, 0, b"x" * (2**20 + 1))


def test_a_known_idempotency_key_is_the_same_job(store: TrackingStore) -> None:
    queue, key = unique("queue"), unique("key")
    first = submit(store, queue, idempotency_key=key)
    assert submit(store, queue, idempotency_key=key) == first
    assert submit(store, queue) != first


def test_jobs_are_listed_newest_first_page_by_page(store: TrackingStore) -> None:
    queue = unique("queue")
    jobs = [submit(store, queue) for _ in range(5)]
    store.cancel_job(jobs[2].job_id)
    seen: list[str] = []
    token = ""
    while True:
        page = store.list_jobs(JobQuery(queue=queue, max_results=2, page_token=token))
        seen += [job.job_id for job in page.items]
        token = page.next_token
        if not token:
            break
    assert seen == [job.job_id for job in reversed(jobs)]
    (cancelled,) = store.list_jobs(JobQuery(queue=queue, states=(JobState.CANCELLED,))).items
    assert cancelled.job_id == jobs[2].job_id


def test_agents_are_known_since_they_asked(store: TrackingStore) -> None:
    me = agent(unique("queue"), "gpu")
    store.claim_jobs(me, 1)
    (found,) = [known for known in store.list_agents() if known.name == me.name]
    assert found.seen_ms > 0
    assert (found.host, found.queues, found.labels, found.n_slots) == (me.host, me.queues, me.labels, me.n_slots)


def test_agents_are_there_until_they_end_and_have_their_jobs(store: TrackingStore) -> None:
    queue = unique("queue")
    me = agent(queue)

    def known() -> tuple[bool, int, int]:
        (found,) = [one for one in store.list_agents() if one.name == me.name]
        return found.is_there, found.n_held, found.n_slots

    jobs = [submit(store, queue) for _ in range(3)]
    store.claim_jobs(me, 2)
    assert known() == (True, 2, me.n_slots)
    store.report_job(jobs[0].job_id, 1, FINISHED)
    assert known() == (True, 1, me.n_slots)
    store.claim_jobs(msgspec.structs.replace(me, n_slots=0), 0)
    assert known() == (False, 1, 0)
    store.claim_jobs(me, 0)
    assert known() == (True, 1, me.n_slots)


@pytest.mark.parametrize(
    "fields",
    [{"uri": " "}, {"queue": ""}, {"n_tries": 0}, {"timeout_s": -1.0}, {"priority": 2**40}, {"entry_point": ""}],
)
def test_a_job_that_makes_no_sense_is_refused(store: TrackingStore, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        store.submit_job(NewJob(**{"uri": "/p", **fields}))  # type: ignore[arg-type]


@pytest.mark.parametrize("job_id", ["absent", "a\x00b"])
def test_an_unknown_job_is_not_found(store: TrackingStore, job_id: str) -> None:
    for call in (
        lambda: store.get_job(job_id),
        lambda: store.cancel_job(job_id),
        lambda: store.retry_job(job_id),
        lambda: store.report_job(job_id, 1, RUNNING),
        lambda: store.read_job_log(job_id),
        lambda: store.append_job_log(job_id, 1, 0, b"x"),
    ):
        with pytest.raises((NotFound, InvalidValue)):
            call()


def test_jobs_that_ask_the_same_of_a_cluster_are_an_array_and_go_together(store: TrackingStore) -> None:
    queue, cluster = unique("queue"), unique("cluster")
    store.create_target(Target(name=cluster, kind=TargetKind.SLURM, slurm=SlurmSettings()))
    alike = [NewJob(uri=f"/{n}", queue=queue, target=cluster) for n in range(3)]
    larger = NewJob(uri="/large", queue=queue, target=cluster, resources=Resources(n_cpus=4))
    here = [NewJob(uri=f"/here{n}", queue=queue) for n in range(2)]

    jobs = store.submit_jobs([*alike, larger, *here])

    arrays = [job.array for job in jobs]
    assert len(set(arrays[:3])) == 1
    assert (arrays[0] != "", arrays[3:]) == (True, ["", "", ""])
    first = store.claim_jobs(agent(queue), 1)
    assert [job.work.uri for job in first] == ["/0", "/1", "/2"]
    assert {(job.state, job.attempt) for job in first} == {(JobState.CLAIMED, 1)}
    assert [job.work.uri for job in store.claim_jobs(agent(queue), 5)] == ["/large", "/here0", "/here1"]


def test_a_job_of_an_array_is_cancelled_and_tried_again_alone(store: TrackingStore) -> None:
    queue, cluster = unique("queue"), unique("cluster")
    store.create_target(Target(name=cluster, kind=TargetKind.SLURM, slurm=SlurmSettings()))
    jobs = store.submit_jobs([NewJob(uri=f"/{n}", queue=queue, target=cluster) for n in range(3)])
    store.cancel_job(jobs[0].job_id)
    assert [job.work.uri for job in store.claim_jobs(agent(queue), 1)] == ["/1", "/2"]
    store.retry_job(jobs[0].job_id)
    assert [job.job_id for job in store.claim_jobs(agent(queue), 1)] == [jobs[0].job_id]
    with pytest.raises(InvalidValue):
        store.submit_job(NewJob(uri="/p", array_limit=-1))


def test_an_agent_that_waits_is_told_of_jobs_that_it_may_take(store: TrackingStore) -> None:
    queue = unique("queue")
    me = agent(queue, "gpu")
    assert not store.await_jobs(me, [], 0.0)
    began = time.monotonic()
    assert not store.await_jobs(me, [], 0.3)
    assert time.monotonic() - began >= 0.3

    submit(store, queue, labels=("tpu",))
    assert not store.await_jobs(me, [], 0.0)
    late = threading.Timer(0.2, lambda: submit(store, queue, labels=("gpu",)))
    late.start()
    assert store.await_jobs(me, [], 15.0)
    assert time.monotonic() - began < 10
    late.join()
    assert store.await_jobs(me, [], 15.0)
    assert not store.await_jobs(msgspec.structs.replace(me, queues=()), [], 0.0)
    assert len(store.claim_jobs(me, 5)) == 1


def test_an_agent_that_waits_is_told_when_a_job_of_its_own_is_to_end(store: TrackingStore) -> None:
    queue = unique("queue")
    submit(store, queue)
    me = agent(queue)
    (job,) = store.claim_jobs(me, 1)
    assert not store.await_jobs(me, [job.job_id], 0.0)
    late = threading.Timer(0.2, lambda: store.cancel_job(job.job_id))
    late.start()
    assert store.await_jobs(me, [job.job_id], 15.0)
    late.join()
    assert store.beat_jobs(me.name, [(job.job_id, job.attempt)]) == (job.job_id,)
