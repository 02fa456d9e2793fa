import pytest

from runfold.domain.job import Resources
from runfold.domain.project import Platform
from runfold.domain.target import KubernetesSettings, SshSettings, Target, TargetKind
from runfold.errors import InvalidValue
from runfold.projects.platform import Machine, choose_target, resources_of, this_machine

HERE = Machine(labels=("laptop",), hosts=("me",), memory_gib=8)
BOX = Target(
    name="box",
    kind=TargetKind.SSH,
    ssh=SshSettings(host="box.example"),
    labels=("gpu", "linux"),
    n_gpus=2,
    memory_gib=64,
)
PODS = Target(name="pods", kind=TargetKind.KUBERNETES, kubernetes=KubernetesSettings(), labels=("linux",))
LOCAL = Target(name="here", kind=TargetKind.LOCAL, labels=("quiet",))
ALL = (BOX, LOCAL, PODS)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (Platform(), None),
        (Platform(labels=("laptop",)), None),
        (Platform(labels=("gpu",)), BOX),
        (Platform(n_gpus=2, memory_gib=32), BOX),
        (Platform(hosts=("other", "box.example")), BOX),
        (Platform(hosts=("me",)), None),
        (Platform(image="python:3.12"), PODS),
        (Platform(labels=("linux",), image="x"), PODS),
        (Platform(labels=("quiet",)), LOCAL),
        (Platform(targets=("gone", "pods", "box")), PODS),
        (Platform(targets=("pods", "box"), n_gpus=1), BOX),
    ],
)
def test_a_project_goes_where_it_finds_what_it_needs(wanted: Platform, chosen: Target | None) -> None:
    assert choose_target(wanted, named=None, targets=ALL, here=HERE) == chosen


def test_a_named_target_must_have_what_the_project_needs() -> None:
    assert choose_target(Platform(labels=("gpu",)), named=BOX, targets=ALL, here=HERE) == BOX
    with pytest.raises(InvalidValue, match="'pods' is not for this project, which asks for 3 GPUs, to be one of box"):
        choose_target(Platform(targets=("box",), n_gpus=3), named=PODS, targets=ALL, here=HERE)


def test_what_is_nowhere_is_told_with_what_each_target_lacks() -> None:
    with pytest.raises(InvalidValue, match="box lacks the label 'tpu'"):
        choose_target(Platform(labels=("tpu",)), named=None, targets=ALL, here=HERE)
    with pytest.raises(InvalidValue, match="there is no such target"):
        choose_target(Platform(targets=("gone",)), named=None, targets=ALL, here=HERE)


def test_without_targets_a_project_runs_here_as_before() -> None:
    assert choose_target(Platform(labels=("tpu",)), named=None, targets=(), here=HERE) is None


def test_wishes_of_the_project_fill_in_what_was_not_asked_for() -> None:
    wanted = resources_of(Platform(n_gpus=1, memory_gib=4), Resources(n_cpus=8, memory_gib=16))
    assert wanted == Resources(n_cpus=8, n_gpus=1, memory_gib=16)


def test_this_machine_is_known() -> None:
    assert this_machine(("x",)).memory_gib > 0.1
