"""Projects and targets are places: who has a role on one sees its jobs, and who has none sees nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from runfold.domain.access import parse_place
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.run import NewRun
from runfold.domain.target import SshSettings, Target, TargetKind
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team


class Cluster(NamedTuple):
    """A project, a target, and an experiment where runs of the project go."""

    project: str
    target: str
    experiment_id: str


@pytest.fixture
def cluster(team: Team) -> Iterator[Cluster]:
    """Of which `contributor` is a contributor, `reader` a reader, and nobody else anything."""
    made = Cluster(unique("train"), unique("gpu"), team.store.create_experiment(unique("cluster")))
    team.store.create_project(ProjectSettings(name=made.project, uri="/p", credential="secret:deploy"))
    team.store.create_target(Target(name=made.target, kind=TargetKind.LOCAL))
    for who in ("reader", "contributor"):
        for place in (f"project:{made.project}", f"target:{made.target}", f"experiment:{made.experiment_id}"):
            team.grant(f"user:{who}", place, who)
    yield made
    for granted in team.store.list_grants(place=parse_place("workspace:default")):
        take_back(team, granted.subject.text, granted.place.text)


def take_back(team: Team, subject: str, place: str) -> None:
    assert team.post("admin", "grants/remove", subject=subject, place=place).status_code == 200


def submit(team: Team, who: str, cluster: Cluster, **changes: Any) -> Any:
    work = {"uri": "/p", "project": cluster.project, "target": cluster.target, "experiment_id": cluster.experiment_id}
    return team.post(who, "jobs/submit", work={**work, **changes})


def listed(team: Team, who: str, **query: Any) -> set[str]:
    return {job["job_id"] for job in team.post(who, "jobs/list", **query).json().get("jobs", ())}


def test_a_job_needs_a_contributor_of_its_project_its_target_and_its_experiment(team: Team, cluster: Cluster) -> None:
    assert submit(team, "contributor", cluster).status_code == 200
    assert submit(team, "reader", cluster).status_code == 403
    assert submit(team, "stranger", cluster).status_code == 404
    for place in (f"project:{cluster.project}", f"target:{cluster.target}", f"experiment:{cluster.experiment_id}"):
        team.grant("user:contributor", place, "reader")
        assert submit(team, "contributor", cluster).status_code == 403, place
        team.grant("user:contributor", place, "none")
        assert submit(team, "contributor", cluster).status_code == 404, place
        team.grant("user:contributor", place, "contributor")
    for field, value in (("project", "absent"), ("target", "absent"), ("experiment_id", "99999")):
        assert submit(team, "contributor", cluster, **{field: value}).status_code == 404


def test_a_job_is_seen_and_ended_by_those_of_its_project(team: Team, cluster: Cluster) -> None:
    job = submit(team, "contributor", cluster, tags={"runfold.grid": cluster.project}).json()["job"]
    assert job["work"]["user_id"] == "contributor"
    job_id = job["job_id"]
    cursor = team.post("admin", "jobs/changes", after=-1).json()["cursor"]
    for who, is_seen in (("reader", True), ("contributor", True), ("stranger", False), ("neighbour", False)):
        assert (job_id in listed(team, who)) is is_seen, who
        counted = team.post(who, "jobs/count", project=cluster.project).json()
        assert counted.get("states", {}) == ({"queued": 1} if is_seen else {})
        assert (cluster.target in counted.get("targets", ())) is is_seen
        grid = team.post(who, "jobs/grids", grids=[cluster.project]).json()["grids"][0]
        assert bool(grid.get("states")) is is_seen
        for call in ("jobs/get", "jobs/steps", "jobs/read-log"):
            assert team.post(who, call, job_id=job_id).status_code == (200 if is_seen else 404), (who, call)
    assert team.post("reader", "jobs/cancel", job_id=job_id).status_code == 403
    assert team.post("stranger", "jobs/cancel", job_id=job_id).status_code == 404
    assert team.post("contributor", "jobs/cancel", job_id=job_id).status_code == 200
    for who, n in (("reader", 1), ("stranger", 0)):
        changed = team.post(who, "jobs/changes", after=cursor).json()
        assert len([one for one in changed.get("jobs", ()) if one["job_id"] == job_id]) == n
    team.grant("user:contributor", f"target:{cluster.target}", "reader")
    assert team.post("contributor", "jobs/retry", job_id=job_id).status_code == 403


def test_a_denial_on_the_project_hides_its_jobs_from_who_submitted_them(team: Team, cluster: Cluster) -> None:
    job_id = submit(team, "contributor", cluster).json()["job"]["job_id"]
    team.grant("user:contributor", f"project:{cluster.project}", "none")
    assert job_id not in listed(team, "contributor")
    assert team.post("contributor", "jobs/get", job_id=job_id).status_code == 404


def test_a_job_without_a_project_is_its_submitters_and_its_workspaces(team: Team, cluster: Cluster) -> None:
    team.grant("user:contributor", "workspace:default", "contributor")
    job_id = submit(team, "contributor", cluster, project="").json()["job"]["job_id"]
    take_back(team, "user:contributor", "workspace:default")
    assert submit(team, "contributor", cluster, project="").status_code == 403
    team.grant("user:reader", "workspace:default", "reader")
    assert [job_id in listed(team, who) for who in ("contributor", "reader", "stranger")] == [True, True, False]
    assert team.post("contributor", "jobs/cancel", job_id=job_id).status_code == 200
    team.grant("user:contributor", "workspace:default", "none")
    assert job_id not in listed(team, "contributor")


def test_who_was_given_a_target_to_manage_sees_and_ends_what_goes_there(team: Team, cluster: Cluster) -> None:
    job_id = submit(team, "contributor", cluster).json()["job"]["job_id"]
    team.grant("user:neighbour", f"target:{cluster.target}", "manager")
    assert job_id in listed(team, "neighbour")
    assert team.post("neighbour", "jobs/cancel", job_id=job_id).status_code == 200
    shared = team.post(
        "neighbour", "grants/set", subject="user:stranger", place=f"target:{cluster.target}", role="reader"
    )
    assert shared.status_code == 200


def test_projects_and_targets_are_listed_to_who_may_read_them(team: Team, cluster: Cluster) -> None:
    for call, name in (("projects", cluster.project), ("targets", cluster.target)):
        for who, is_seen in (("reader", True), ("stranger", False)):
            assert (name in team.post(who, f"{call}/list").text) is is_seen
            assert team.post(who, f"{call}/get", name=name).status_code == (200 if is_seen else 404)
        hidden, absent = (team.post("stranger", f"{call}/get", name=one).json() for one in (name, "absent"))
        assert hidden["message"].replace(name, "...") == absent["message"].replace("absent", "...")
    renamed = team.post("admin", "projects/rename", name=cluster.project, new_name=cluster.project + "-2")
    assert renamed.status_code == 200
    assert team.post("reader", "projects/get", name=cluster.project).status_code == 200
    assert team.post("stranger", "projects/get", name=cluster.project).status_code == 404


def test_who_makes_a_project_or_target_manages_it(team: Team, cluster: Cluster) -> None:
    name = unique("mine")
    settings, target = {"name": name, "uri": "/p"}, {"name": name, "kind": "local"}
    assert team.post("contributor", "projects/create", settings=settings).status_code == 403
    team.grant("user:contributor", "workspace:default", "contributor")
    assert team.post("contributor", "projects/create", settings=settings).json()["project"]["user_id"] == "contributor"
    assert team.post("contributor", "targets/create", target=target).status_code == 403
    team.grant("user:contributor", "workspace:default", "manager")
    assert team.post("contributor", "targets/create", target=target).status_code == 200
    for kind in ("project", "target"):
        (granted,) = team.store.list_grants(place=parse_place(f"{kind}:{name}"))
        assert (granted.subject.name, granted.role.name) == ("contributor", "manager")


def test_a_project_may_choose_among_the_targets_of_who_asks(team: Team, cluster: Cluster) -> None:
    chosen = submit(team, "contributor", cluster, target="", targets=[team.model]).json()["job"]["work"]["targets"]
    assert cluster.target in chosen
    assert "absent" not in chosen
    team.grant("user:contributor", f"target:{cluster.target}", "reader")
    chosen = submit(team, "contributor", cluster, target="").json()["job"]["work"].get("targets", [])
    assert cluster.target not in chosen
    assert "targets" not in submit(team, "admin", cluster, target="").json()["job"]["work"]


def test_a_secret_is_named_by_who_may_work_in_its_workspace(team: Team, cluster: Cluster) -> None:
    named = {"parameters": {"token": "secret:deep"}}
    assert submit(team, "contributor", cluster, **named).status_code == 403
    assert submit(team, "contributor", cluster, credential="secret:other").status_code == 403
    assert submit(team, "contributor", cluster, credential="secret:deploy").status_code == 200
    changed = {"name": cluster.project, "uri": "/p", "credential": "secret:other"}
    assert team.post("contributor", "projects/update", settings=changed).status_code == 403
    team.grant("user:neighbour", f"target:{cluster.target}", "manager")
    ssh = fields_of(Target(name=cluster.target, kind=TargetKind.SSH, ssh=SshSettings(host="h", key="secret:deep")))
    assert team.post("neighbour", "targets/update", target=ssh).status_code == 403
    assert team.post("contributor", "secrets/list").status_code == 403
    team.grant("user:contributor", "workspace:default", "contributor")
    assert submit(team, "contributor", cluster, **named).status_code == 200


def fields_of(target: Target) -> Any:
    return {name: value for name, value in msgspec.to_builtins(target).items() if value}


def test_a_run_that_one_may_not_change_is_not_had_again(team: Team, cluster: Cluster) -> None:
    own = team.store.create_run(NewRun(experiment_id=cluster.experiment_id)).info.run_id
    foreign = team.store.create_run(NewRun(experiment_id=team.store.create_experiment(unique("other")))).info.run_id
    again = {"kind": "rerun", "uri": ""}
    assert submit(team, "contributor", cluster, **again, origin=own).status_code == 200
    assert submit(team, "contributor", cluster, **again, origin=foreign).status_code == 404


def test_keys_against_repetition_are_each_callers_own(team: Team, cluster: Cluster) -> None:
    key = unique("key")
    first, again = (submit(team, "contributor", cluster, idempotency_key=key).json()["job"]["job_id"] for _ in "ab")
    assert first == again
    assert submit(team, "admin", cluster, idempotency_key=key).json()["job"]["job_id"] != first


def test_an_agent_takes_the_jobs_of_workspaces_that_its_account_works_in(team: Team, cluster: Cluster) -> None:
    queue = unique("queue")
    inside = {"X-MLFLOW-WORKSPACE": team.tenant}
    ours = submit(team, "admin", cluster, queue=queue).json()["job"]["job_id"]
    asked = team.ask(
        "tenant",
        "POST",
        "/api/runfold/v1/projects/create",
        json={"settings": {"name": queue, "uri": "/p"}},
        headers=inside,
    )
    assert asked.status_code == 200, asked.text
    experiment_id = team.store.in_workspace(team.tenant).create_experiment(unique("experiment"))
    work = {"uri": "/p", "project": queue, "queue": queue, "experiment_id": experiment_id}
    sent = team.ask("tenant", "POST", "/api/runfold/v1/jobs/submit", json={"work": work}, headers=inside)
    theirs = sent.json()["job"]["job_id"]
    agent = {"name": unique("agent"), "queues": [queue]}
    for who in ("stranger", "contributor", "manager"):  # roles on projects and targets alone make no agent
        assert team.post(who, "jobs/claim", agent=agent, n_jobs=10).status_code == 403
    taken = team.post("tenant", "jobs/claim", agent=agent, n_jobs=10).json()["jobs"]
    assert [(job["job_id"], job["workspace"]) for job in taken] == [(theirs, team.tenant)]
    team.grant("user:service", "everything", "contributor")
    taken = team.post("service", "jobs/claim", agent=agent, n_jobs=10).json()["jobs"]
    assert [job["job_id"] for job in taken] == [ours]
    held = [{"job_id": job_id, "attempt": 1} for job_id in (ours, theirs)]
    assert team.post("service", "jobs/beat", agent=agent["name"], held=held).json()["stop"] == [theirs]
    said = {"attempt": 1, "state": "running"}
    assert team.post("service", "jobs/report", job_id=theirs, **said).status_code == 404
    assert team.post("contributor", "jobs/report", job_id=ours, **said).status_code == 403
    assert team.post("service", "jobs/report", job_id=ours, **said).status_code == 200
    opened = {"agent": agent["name"], "job_id": theirs, "attempt": 1, "names": []}
    assert team.post("service", "secrets/open", **opened).status_code == 404
    assert team.post("tenant", "secrets/open", **opened).status_code == 200
    take_back(team, "user:service", "everything")


def test_the_same_name_means_each_workspaces_own(team: Team, cluster: Cluster) -> None:
    inside = {"X-MLFLOW-WORKSPACE": team.tenant}
    target = {"name": cluster.target, "kind": "local", "description": "the tenant's"}
    made = team.ask("tenant", "POST", "/api/runfold/v1/targets/create", json={"target": target}, headers=inside)
    assert made.status_code == 200, made.text
    assert team.post("tenant", "targets/get", name=cluster.target).status_code == 404
    assert "the tenant's" not in team.post("reader", "targets/get", name=cluster.target).text
    place = f"workspace:{team.tenant}/target:{cluster.target}"
    (granted,) = team.store.list_grants(place=parse_place(place))
    assert granted.subject.name == "tenant"
