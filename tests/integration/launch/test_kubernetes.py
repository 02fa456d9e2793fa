"""The official client against a stand-in for a cluster that speaks its API: no real cluster can be had here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.domain.job import Resources
from runfold.domain.target import KubernetesSettings, Target, TargetKind
from runfold.errors import InvalidValue, LimitExceeded, PermissionDenied, Unauthenticated, Unavailable
from runfold.launch.targets import kubernetes, manifests
from runfold.launch.targets.base import Workload
from tests.integration.launch import hostile
from tests.integration.launch.asked import check_is_dead_once_cancelled, check_works_for_who_asked, opened_house
from tests.integration.launch.conftest import OpenTarget, is_there, until
from tests.integration.launch.kubernetes_stub import KubernetesStub
from tests.integration.launch.test_ssh import Following

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes, "LOOK_S", 0.1)
    monkeypatch.setattr(manifests, "HOME", f"{tmp_path}/inside")
    monkeypatch.setattr(manifests, "RESULT_PATH", f"{tmp_path}/result")
    monkeypatch.setattr(kubernetes, "LOOPBACK", ())  # what stands in for pods is on this machine


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[KubernetesStub]:
    stub = KubernetesStub(tmp_path / "result")
    yield stub
    stub.close()


@pytest.fixture
def target(cluster: KubernetesStub, tmp_path: Path) -> Target:
    (tmp_path / "kubeconfig").write_text(cluster.kubeconfig)
    settings = KubernetesSettings(kubeconfig=f"file:{tmp_path}/kubeconfig", namespace="ml", node_selector={"a": "b"})
    return Target(name="pods", kind=TargetKind.KUBERNETES, kubernetes=settings)


def test_a_job_runs_tells_its_log_and_is_removed(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub
) -> None:
    script = "import os, sys; print(os.environ['COLOUR'], len(os.environ['TOKEN']), os.listdir()); sys.exit(3)"
    work = make_work(script, variables={"COLOUR": "blü e"}, secrets={"TOKEN": "hunter22"})

    following = Following(open_target(target), work)
    kept = {kind: body for (kind, _), body in cluster.objects.items()}

    ending = following.ending()
    assert (ending.exit_code, ending.reason) == (3, "exit code 3")
    assert following.said.decode() == "blü e 8 ['script.py']\n"
    assert set(kept) == {"jobs", "configmaps", "secrets"}
    assert "hunter22" not in repr(kept["jobs"]) + repr(kept["configmaps"])
    until(lambda: cluster.objects == {})


def test_hostile_values_arrive_as_they_are(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    following = Following(open_target(target), hostile.workload(make_work))
    assert following.ending().is_success
    hostile.check_said(following.said)


def test_resources_selectors_and_limits_are_asked_for(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub
) -> None:
    wanted = Resources(n_cpus=4, n_gpus=2, memory_gib=1.5)
    work = make_work("print(1)", resources=wanted, timeout_s=60, image="ghcr.io/team/train:3")

    following = Following(open_target(target), work)
    job = next(body for (kind, _), body in cluster.objects.items() if kind == "jobs")

    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "ghcr.io/team/train:3"
    assert container["resources"] == {
        "requests": {"cpu": "4", "memory": "1536Mi", "nvidia.com/gpu": "2"},
        "limits": {"memory": "1536Mi", "nvidia.com/gpu": "2"},
    }
    assert (pod["nodeSelector"], pod["restartPolicy"], job["spec"]["backoffLimit"]) == ({"a": "b"}, "Never", 0)
    assert job["spec"]["activeDeadlineSeconds"] == 180
    assert following.ending().is_success


def test_cancelling_ends_the_pod_and_all_it_started(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    shell = f"sleep 1000 & echo $! > {tmp_path}/child; echo on; wait"
    following = Following(open_target(target), make_work("", vector=("sh", "-c", shell)))
    until(lambda: b"on" in following.said)

    following.execution.cancel()

    ending = following.ending()
    assert (ending.is_cancelled, ending.reason) == (True, "cancelled")
    until(lambda: not is_there(int((tmp_path / "child").read_text())))


def test_a_job_goes_on_while_the_cluster_does_not_answer(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub, tmp_path: Path
) -> None:
    script = f"""
import os, time
number = 0
while not os.path.exists("{tmp_path}/enough"):
    number += 1
    print("tick", number)
    time.sleep(0.02)
"""
    following = Following(open_target(target), make_work(script))
    until(lambda: b"tick 3\n" in following.said)

    cluster.is_away = True
    until(lambda: any("goes on there" in line for line in following.told))
    cluster.is_away = False
    before = len(following.said)
    until(lambda: len(following.said) > before)
    (tmp_path / "enough").touch()

    assert following.ending().is_success
    lines = following.said.decode().splitlines()
    assert lines == [f"tick {number}" for number in range(1, len(lines) + 1)]


def test_memory_that_ran_out_is_named(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub
) -> None:
    following = Following(open_target(target), make_work("import time; print('on'); time.sleep(1000)"))
    until(lambda: b"on" in following.said)
    (pod,) = cluster.pods.values()
    pod.reason = "OOMKilled"

    pod.end()

    assert following.ending().reason == "killed by the cluster: out of memory"


def test_an_image_that_cannot_be_had_ends_the_wait(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub
) -> None:
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "nope:1"'}
    status = {"name": "work", "image": "", "imageID": "", "ready": False, "restartCount": 0}
    cluster.waiting = {"phase": "Pending", "containerStatuses": [status | {"state": {"waiting": waiting}}]}

    ending = Following(open_target(target), make_work("print(1)")).ending()

    assert 'pulling image "nope:1"' in ending.reason
    until(lambda: cluster.objects == {})


def test_a_job_that_somebody_removed_is_told(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub
) -> None:
    following = Following(open_target(target), make_work("import time; print('on'); time.sleep(1000)"))
    until(lambda: b"on" in following.said)

    cluster.delete_job(next(name for kind, name in cluster.objects if kind == "jobs"))

    assert not following.ending().is_success


def test_an_earlier_attempt_is_removed_first(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    backend = open_target(target)
    work = make_work("", vector=("sh", "-c", f"echo $$ > {tmp_path}/first; sleep 1000"))
    backend.start(work, output=lambda _: None, tell=lambda _: None)
    until(lambda: (tmp_path / "first").exists() and (tmp_path / "first").read_text().strip())

    assert Following(backend, make_work("print('second')")).ending().is_success
    assert not is_there(int((tmp_path / "first").read_text()))


def test_a_cluster_that_can_be_used_is_tried(target: Target, open_target: OpenTarget, cluster: KubernetesStub) -> None:
    told: list[str] = []
    open_target(target).check(told.append)
    assert "v1.31.0" in told[0]
    cluster.forbidden.add("secrets")
    with pytest.raises(PermissionDenied, match="may not create secrets in namespace ml"):
        open_target(target).check(told.append)


def test_what_the_cluster_refuses_is_told_in_its_words(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: KubernetesStub, tmp_path: Path
) -> None:
    work = make_work("print(1)")
    cluster.forbidden.add("jobs")
    with pytest.raises(PermissionDenied, match="jobs is forbidden"):
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)
    (tmp_path / "kubeconfig").write_text(cluster.kubeconfig.replace("cluster-token", "hunter22"))
    with pytest.raises(Unauthenticated, match="does not know us") as refused:
        open_target(target).check(lambda _: None)
    assert "hunter22" not in refused.value.message
    cluster.is_away = True
    with pytest.raises(Unavailable):
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)


def test_a_configuration_that_is_none_says_what_to_do(target: Target, open_target: OpenTarget, tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("hunter22")
    with pytest.raises(InvalidValue, match="-s kubeconfig=") as refused:
        open_target(target)
    assert "hunter22" not in refused.value.message


def test_a_project_that_is_too_large_says_what_to_do(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "_PIECE", 1000)
    work = make_work("print(1)")
    (work.code / "noise").write_bytes(os.urandom(20_000))
    assert Following(open_target(target), work).ending().is_success
    (work.code / "noise").write_bytes(os.urandom(40_000))
    with pytest.raises(LimitExceeded, match="into an image"):
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)


def test_a_job_there_works_for_who_asked_for_it(target: Target, cluster: KubernetesStub, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        # Secrets are for those alone who may read secrets; what everybody reads are jobs, pods and their logs.
        check_works_for_who_asked(
            house,
            target,
            lambda: (
                repr([body for (kind, _), body in cluster.objects.items() if kind != "secrets"])
                + repr([pod.described() for pod in cluster.pods.values()])
            ),
        )


def test_the_token_of_a_job_there_ends_as_it_is_cancelled(target: Target, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        check_is_dead_once_cancelled(house, target)
