"""Targets: kept, changed, and where the jobs for them go."""

from __future__ import annotations

import msgspec
import pytest

from runfold.domain.job import JobKind, NewJob, Resources
from runfold.domain.target import (
    KubernetesSettings,
    RaySettings,
    SlurmSettings,
    SshSettings,
    Target,
    TargetKind,
)
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique

HOST = SshSettings(
    host="box.example", user="ann", port=2222, key="secret:box-key", host_key="ssh-ed25519 AAAA", folder="/scratch/ann"
)


def targets_of_every_kind() -> list[Target]:
    return [
        Target(name=unique("local"), kind=TargetKind.LOCAL, description="Größe", labels=("gpu", "eu west")),
        Target(name=unique("ssh"), kind=TargetKind.SSH, ssh=HOST, n_gpus=2, memory_gib=64.5, queue="q"),
        Target(
            name=unique("slurm"),
            kind=TargetKind.SLURM,
            slurm=SlurmSettings(login=HOST, partition="gpu", time_limit_min=60, options=("--constraint=a100",)),
        ),
        Target(
            name=unique("kubernetes"),
            kind=TargetKind.KUBERNETES,
            kubernetes=KubernetesSettings(context="c", node_selector={"pool": "gpu"}, kubeconfig="file:~/.kube/config"),
            tracking_uri="http://tracker:5000",
        ),
        Target(name=unique("ray"), kind=TargetKind.RAY, ray=RaySettings(address="http://head:8265", token="env:T")),  # noqa: S106
    ]


def without_times(target: Target) -> Target:
    return msgspec.structs.replace(target, creation_time_ms=0, last_update_time_ms=0)


def test_targets_of_every_kind_read_back(store: TrackingStore) -> None:
    for target in targets_of_every_kind():
        made = store.create_target(target)
        assert without_times(made) == target
        assert made.creation_time_ms == made.last_update_time_ms > 0
        assert store.get_target(target.name) == made
        assert made in store.list_targets()


def test_targets_are_listed_by_name(store: TrackingStore) -> None:
    for target in reversed(targets_of_every_kind()):
        store.create_target(target)
    names = [target.name for target in store.list_targets()]
    assert names == sorted(names)


def test_a_target_is_replaced_as_a_whole(store: TrackingStore) -> None:
    _, before, *_ = targets_of_every_kind()
    made = store.create_target(before)
    changed = store.update_target(Target(name=before.name, kind=TargetKind.LOCAL, description="moved"))
    assert without_times(changed) == Target(name=before.name, kind=TargetKind.LOCAL, description="moved")
    assert changed.creation_time_ms == made.creation_time_ms
    with pytest.raises(NotFound):
        store.update_target(Target(name=unique("absent"), kind=TargetKind.LOCAL))


def test_a_name_is_taken_once_and_free_again_when_the_target_is_gone(store: TrackingStore) -> None:
    target = Target(name=unique("target"), kind=TargetKind.LOCAL)
    store.create_target(target)
    with pytest.raises(AlreadyExists):
        store.create_target(target)
    store.delete_target(target.name)
    with pytest.raises(NotFound):
        store.get_target(target.name)
    with pytest.raises(NotFound):
        store.delete_target(target.name)
    store.create_target(target)


def test_a_job_for_a_target_goes_to_the_queue_of_the_agents_that_reach_it(store: TrackingStore) -> None:
    target = store.create_target(Target(name=unique("target"), kind=TargetKind.LOCAL, queue="near it"))
    assert store.submit_job(NewJob(uri="/p", target=target.name)).work.queue == "near it"
    assert store.submit_job(NewJob(uri="/p", target=target.name, queue="mine")).work.queue == "mine"
    with pytest.raises(NotFound):
        store.submit_job(NewJob(uri="/p", target=unique("absent")))


def test_a_job_says_its_kind_target_and_resources(store: TrackingStore) -> None:
    target = store.create_target(Target(name=unique("target"), kind=TargetKind.LOCAL))
    wanted = Resources(n_cpus=4, n_gpus=1, memory_gib=1.5)
    job = store.submit_job(NewJob(uri="x", kind=JobKind.TARGET_TEST, target=target.name, resources=wanted))
    assert store.get_job(job.job_id).work == job.work
    assert (job.work.kind, job.work.target, job.work.resources) == (JobKind.TARGET_TEST, target.name, wanted)
    with pytest.raises(InvalidValue):
        store.submit_job(NewJob(uri="x", resources=Resources(n_gpus=-1)))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "two words"},
        {"name": ""},
        {"name": "-o"},
        {"name": "x" * 101},
        {"kind": TargetKind.SSH},
        {"ssh": HOST},
        {"kind": TargetKind.SSH, "ssh": SshSettings()},
        {"kind": TargetKind.SSH, "ssh": SshSettings(host="-oProxyCommand=evil")},
        {"kind": TargetKind.SSH, "ssh": SshSettings(host="h", user="a;b")},
        {"kind": TargetKind.SSH, "ssh": SshSettings(host="h", port=70_000)},
        {"kind": TargetKind.SSH, "ssh": SshSettings(host="h", key="-----BEGIN OPENSSH PRIVATE KEY-----")},
        {"kind": TargetKind.SSH, "ssh": SshSettings(host="h", host_key="AAAA")},
        {"kind": TargetKind.SLURM, "slurm": SlurmSettings(options=("--wrap=a b",))},
        {"kind": TargetKind.SLURM, "slurm": SlurmSettings(partition="a b")},
        {"kind": TargetKind.RAY, "ray": RaySettings(address="head:8265")},
        {"memory_gib": -1.0},
        {"labels": ("a\x00",)},
    ],
)
def test_what_can_be_no_target_is_refused(store: TrackingStore, fields: dict[str, object]) -> None:
    given = {"name": unique("target"), "kind": TargetKind.LOCAL, **fields}
    with pytest.raises(InvalidValue) as refused:
        store.create_target(Target(**given))  # type: ignore[arg-type]
    assert "PRIVATE KEY" not in refused.value.message
