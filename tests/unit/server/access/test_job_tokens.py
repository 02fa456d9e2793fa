"""A job works for who asked for it: with their rights of now, in its workspace, and for as long as it lasts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from runfold.domain.access import Role, parse_place
from runfold.domain.registered_project import ProjectSettings
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team


class Lab(NamedTuple):
    """A workspace in which `contributor` and the agent `service` work.

    Attributes:
        hidden: an experiment there that only the agent's account and administrators may see.
        elsewhere: an experiment of the default workspace that `contributor` may see.
    """

    workspace: str
    project: str
    experiment_id: str
    hidden: str
    elsewhere: str
    queue: str


@pytest.fixture
def lab(team: Team) -> Iterator[Lab]:
    name = unique("lab").lower().replace("_", "-")[:60]
    team.store.create_workspace(name)
    inside = team.store.in_workspace(name)
    inside.create_project(ProjectSettings(name="train", uri="/p"))
    made = Lab(
        *(name, "train", inside.create_experiment("own"), inside.create_experiment("hidden")),
        *(team.store.create_experiment(unique("elsewhere")), unique("queue")),
    )
    team.grant("user:contributor", f"workspace:{name}", "contributor")
    team.grant("user:service", f"workspace:{name}", "contributor")
    team.grant("user:contributor", f"experiment:{made.hidden}", "none")
    team.grant("user:contributor", f"experiment:{made.elsewhere}", "contributor")
    yield made
    if not team.store.get_user("contributor").is_active:
        team.store.update_user("contributor", is_active=True)
        team.tokens["contributor"] = team.store.create_token("contributor", scope=Role.MANAGER).secret


def call(team: Team, token: str, path: str, workspace: str = "", **fields: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"X-MLFLOW-WORKSPACE": workspace} if workspace else {})
    return team.client.post(f"/api/runfold/v1/{path}", json=fields, headers=headers)


def submit(team: Team, who: str, lab: Lab, **changes: Any) -> str:
    work = {"uri": "/p", "project": lab.project, "experiment_id": lab.experiment_id, "queue": lab.queue, **changes}
    answer = call(team, team.tokens.get(who, who), "jobs/submit", lab.workspace, work=work)
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["job"]["job_id"]
    return job_id


def claim(team: Team, lab: Lab, who: str = "service", agent: str = "a") -> list[str]:
    taken = team.post(who, "jobs/claim", agent={"name": agent, "queues": [lab.queue]}, n_jobs=10)
    assert taken.status_code == 200, taken.text
    return [job["job_id"] for job in taken.json().get("jobs", ())]


def token_of(team: Team, lab: Lab, job_id: str, attempt: int = 1) -> str:
    assert claim(team, lab) == [job_id]
    given = team.post("service", "jobs/token", agent="a", job_id=job_id, attempt=attempt)
    assert given.status_code == 200, given.text
    token: str = given.json()["token"]
    return token


def sees(team: Team, token: str, experiment_id: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    found = team.client.get("/api/2.0/mlflow/experiments/get", params={"experiment_id": experiment_id}, headers=headers)
    return int(found.status_code)


def test_a_job_sees_what_who_asked_for_it_sees_in_its_workspace_and_not_what_its_agent_sees(
    team: Team, lab: Lab
) -> None:
    token = token_of(team, lab, submit(team, "contributor", lab))
    assert sees(team, team.tokens["service"], lab.hidden) == 200
    assert [sees(team, token, one) for one in (lab.experiment_id, lab.hidden, lab.elsewhere)] == [200, 404, 404]
    made = call(team, token, "runs/register", experiment_id=lab.experiment_id, run_id="ab" * 16, start_time_ms=1)
    assert made.status_code in (200, 400), made.text
    created = team.client.post(
        "/api/2.0/mlflow/runs/create",
        json={"experiment_id": lab.experiment_id},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert created.status_code == 200, created.text
    deleted = team.client.post(
        "/api/2.0/mlflow/experiments/delete",
        json={"experiment_id": lab.experiment_id},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert deleted.status_code == 403


def test_an_administrators_job_administers_nothing_and_stays_in_its_workspace(team: Team, lab: Lab) -> None:
    token = token_of(team, lab, submit(team, "admin", lab))
    assert call(team, token, "users/list").status_code == 403
    assert call(team, token, "groups/set", name="more", members=[]).status_code == 403
    assert [sees(team, token, one) for one in (lab.hidden, team.experiment_id)] == [200, 404]


def test_the_rights_are_those_of_now(team: Team, lab: Lab) -> None:
    token = token_of(team, lab, submit(team, "contributor", lab))
    assert sees(team, token, lab.experiment_id) == 200
    team.grant("user:contributor", f"experiment:{lab.experiment_id}", "none")
    assert sees(team, token, lab.experiment_id) == 404
    team.grant("user:contributor", f"experiment:{lab.hidden}", "reader")
    assert sees(team, token, lab.hidden) == 200


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled"])
def test_a_token_ends_with_its_job(team: Team, lab: Lab, state: str) -> None:
    job_id = submit(team, "contributor", lab)
    token = token_of(team, lab, job_id)
    if state == "cancelled":
        assert team.post("admin", "jobs/cancel", job_id=job_id).status_code == 200
        # Its command may still write down how it ended; it is killed a little later.
        assert sees(team, token, lab.experiment_id) == 200
    team.post("service", "jobs/report", job_id=job_id, attempt=1, state=state)
    until_refused(team, token, lab)


def until_refused(team: Team, token: str, lab: Lab) -> None:
    """Within a second, as every revocation."""
    end = time.monotonic() + 30
    while sees(team, token, lab.experiment_id) != 401:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_token_ends_with_the_next_attempt_and_with_the_next_token(team: Team, lab: Lab) -> None:
    job_id = submit(team, "contributor", lab)
    first = token_of(team, lab, job_id)
    second = team.post("service", "jobs/token", agent="a", job_id=job_id, attempt=1).json()["token"]
    until_refused(team, first, lab)
    assert sees(team, second, lab.experiment_id) == 200
    team.post("service", "jobs/report", job_id=job_id, attempt=1, state="failed")
    assert team.post("contributor", "jobs/retry", job_id=job_id).status_code == 200
    third = token_of(team, lab, job_id, attempt=2)
    until_refused(team, second, lab)
    assert sees(team, third, lab.experiment_id) == 200


def test_who_is_switched_off_has_no_job_that_works_for_them(team: Team, lab: Lab) -> None:
    running, waiting = submit(team, "contributor", lab), ""
    token = token_of(team, lab, running)
    waiting = submit(team, "contributor", lab)
    team.post("admin", "users/update", name="contributor", is_active=False)
    assert sees(team, token, lab.experiment_id) == 401
    held = [{"job_id": running, "attempt": 1}]
    assert team.post("service", "jobs/beat", agent="a", held=held).json()["stop"] == [running]
    assert claim(team, lab) == []
    ended = team.post("admin", "jobs/get", job_id=waiting).json()["job"]
    assert (ended["state"], ended["reason"]) == ("cancelled", "the account of who asked for it is gone or switched off")


def test_a_job_of_a_limited_token_is_limited_as_well(team: Team, lab: Lab) -> None:
    """Else whoever finds such a token has a job do what the token may not."""
    other = team.store.in_workspace(lab.workspace).create_experiment(unique("other"))
    inside = f"workspace:{lab.workspace}"
    places = (f"{inside}/project:train", f"experiment:{lab.experiment_id}", f"experiment:{lab.elsewhere}")
    limited = team.store.create_token("contributor", scope=Role.CONTRIBUTOR, places=tuple(map(parse_place, places)))
    token = token_of(team, lab, submit(team, limited.secret, lab))
    found = [sees(team, token, one) for one in (lab.experiment_id, other, lab.elsewhere)]
    assert found == [200, 404, 404]


def test_who_has_a_job_tried_again_is_who_it_works_for(team: Team, lab: Lab) -> None:
    """The code may be another one by then: it must not run with the rights of somebody who did not ask."""
    job_id = submit(team, "admin", lab)
    first = token_of(team, lab, job_id)
    assert sees(team, first, lab.hidden) == 200
    team.post("service", "jobs/report", job_id=job_id, attempt=1, state="failed")
    assert team.post("contributor", "jobs/retry", job_id=job_id).status_code == 200
    assert sees(team, token_of(team, lab, job_id, attempt=2), lab.hidden) == 404


def test_a_persons_agent_takes_that_persons_jobs_alone(team: Team, lab: Lab) -> None:
    """Whoever has a job has its token: so others' go to accounts that an administrator has made for that."""
    team.grant("user:neighbour", f"workspace:{lab.workspace}", "contributor")
    theirs, own = submit(team, "contributor", lab), submit(team, "neighbour", lab)
    assert claim(team, lab, "neighbour") == [own]
    assert claim(team, lab) == [theirs]
    for who in ("neighbour", "contributor", "admin"):  # the agent is one of the account that took the job
        asked = team.post(who, "jobs/token", agent="a", job_id=theirs, attempt=1)
        assert asked.status_code in (400, 403, 404), (who, asked.text)
        assert "token" not in asked.json()


def test_a_job_is_no_agent_makes_no_tokens_and_retries_nothing(team: Team, lab: Lab) -> None:
    job_id = submit(team, "contributor", lab)
    token = token_of(team, lab, job_id)
    over = submit(team, "contributor", lab)
    agent = {"name": "a", "queues": [lab.queue]}
    for path, fields in (
        ("jobs/claim", {"agent": agent}),
        ("jobs/await", {"agent": agent}),
        ("jobs/beat", {"agent": "a", "held": []}),
        ("jobs/token", {"agent": "a", "job_id": job_id, "attempt": 1}),
        ("jobs/report", {"job_id": job_id, "attempt": 1, "state": "finished"}),
        ("jobs/append-log", {"job_id": job_id, "attempt": 1, "start": 0, "content": ""}),
        ("secrets/open", {"agent": "a", "job_id": job_id, "attempt": 1}),
        ("jobs/retry", {"job_id": over}),
        ("tokens/create", {"name": "more", "scope": "reader"}),
        ("grants/set", {"subject": "everyone", "place": f"experiment:{lab.experiment_id}", "role": "reader"}),
    ):
        answer = call(team, token, path, lab.workspace, **fields)
        assert answer.status_code == 403, (path, answer.text)
    assert team.post("contributor", "jobs/cancel", job_id=over).status_code == 200


def test_jobs_of_a_job_work_for_the_same_user_and_have_none_themselves(team: Team, lab: Lab) -> None:
    parent = token_of(team, lab, submit(team, "contributor", lab))
    child_id = submit(team, parent, lab)
    child = token_of(team, lab, child_id)
    assert [sees(team, child, one) for one in (lab.experiment_id, lab.hidden)] == [200, 404]
    work = {"uri": "/p", "project": lab.project, "experiment_id": lab.experiment_id}
    refused = call(team, child, "jobs/submit", lab.workspace, work=work)
    assert (refused.status_code, "submits none itself" in refused.text) == (403, True)


def test_the_audit_says_by_which_job_somebody_did_something(team: Team, lab: Lab) -> None:
    job_id = submit(team, "contributor", lab)
    token = token_of(team, lab, job_id)
    name = unique("made-by-job")
    made = team.client.post(
        "/api/2.0/mlflow/experiments/create",
        json={"name": name},
        headers={"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": lab.workspace},
    )
    assert made.status_code == 200
    noted = team.post("admin", "audit/search", filter="action = 'mlflow:experiments/create'", max_results=1).json()
    (act,) = noted["records"]
    assert (act["user"], act["token"]) == ("contributor", f"job {job_id[:12]}")
    given = team.post("admin", "audit/search", filter=f"action = 'jobs/token' and object = 'job:{job_id}'").json()
    assert [one["user"] for one in given["records"]] == ["service"]


def test_no_token_is_kept_or_shown(team: Team, lab: Lab) -> None:
    job_id = submit(team, "contributor", lab)
    token = token_of(team, lab, job_id)
    assert token.startswith("rfj_")
    for path in ("jobs/get", "jobs/steps"):
        assert token not in team.post("admin", path, job_id=job_id).text
    database = team.store.uri.removeprefix("sqlite:///")
    for suffix in ("", "-wal"):
        with open(database + suffix, "rb") as opened:
            assert token.encode() not in opened.read()


def test_agents_of_two_accounts_may_be_called_the_same_and_know_nothing_of_each_other(team: Team, lab: Lab) -> None:
    team.grant("user:neighbour", f"workspace:{lab.workspace}", "contributor")
    theirs, own = submit(team, "contributor", lab), submit(team, "neighbour", lab)
    assert claim(team, lab, "neighbour", agent="gpu") == [own]
    assert claim(team, lab, "service", agent="gpu") == [theirs]
    told = team.post("neighbour", "agents/list").json()["agents"]
    assert {one["account"] for one in told} == {"neighbour"}
    assert [one["n_held"] for one in told if one["name"] == "gpu"] == [1]
    everybodys = team.post("admin", "agents/list").json()["agents"]
    assert {one["account"] for one in everybodys if one["name"] == "gpu"} >= {"neighbour", "service"}
    held = [{"job_id": one, "attempt": 1} for one in (theirs, own)]
    assert team.post("neighbour", "jobs/beat", agent="gpu", held=held).json()["stop"] == [theirs]
    opened = team.post("neighbour", "secrets/open", agent="gpu", job_id=theirs, attempt=1, names=[])
    assert opened.status_code == 400
