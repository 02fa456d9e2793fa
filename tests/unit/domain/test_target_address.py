import pytest

from runfold.domain.target import KubernetesSettings, RaySettings, SlurmSettings, SshSettings, Target, TargetKind
from runfold.domain.target_address import read_target, with_settings
from runfold.errors import InvalidValue

LOGIN = SshSettings(host="login", user="ann")


@pytest.mark.parametrize(
    ("address", "kind", "settings"),
    [
        ("local:", TargetKind.LOCAL, {}),
        ("ssh://box", TargetKind.SSH, {"ssh": SshSettings(host="box")}),
        (
            "ssh://ann@box:2222/scratch/ann",
            TargetKind.SSH,
            {"ssh": SshSettings(host="box", user="ann", port=2222, folder="/scratch/ann")},
        ),
        ("slurm:", TargetKind.SLURM, {"slurm": SlurmSettings()}),
        ("slurm://ann@login/shared", TargetKind.SLURM, {"slurm": SlurmSettings(login=LOGIN, folder="/shared")}),
        ("kubernetes:", TargetKind.KUBERNETES, {"kubernetes": KubernetesSettings()}),
        (
            "kubernetes://prod/ml",
            TargetKind.KUBERNETES,
            {"kubernetes": KubernetesSettings(context="prod", namespace="ml")},
        ),
        ("http://head:8265", TargetKind.RAY, {"ray": RaySettings(address="http://head:8265")}),
    ],
)
def test_an_address_says_kind_and_place(address: str, kind: TargetKind, settings: dict[str, object]) -> None:
    assert read_target("t", address) == Target(name="t", kind=kind, **settings)


@pytest.mark.parametrize("address", ["", "box", "ftp://box", "ssh://box:port"])
def test_what_is_no_address_is_told_the_forms(address: str) -> None:
    with pytest.raises(InvalidValue, match="ssh://user@host"):
        read_target("t", address)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as refused:
        read_target("t", "ssh://ann:hunter22@box")
    assert "hunter22" not in refused.value.message


def test_settings_are_typed_and_may_lie_deeper() -> None:
    target = with_settings(read_target("t", "slurm://ann@login"), [("time_limit_min", "90"), ("login.key", "env:K")])
    assert target.slurm is not None
    assert (target.slurm.time_limit_min, target.slurm.login) == (90, SshSettings(host="login", user="ann", key="env:K"))


def test_what_takes_several_values_is_repeated_and_emptied() -> None:
    target = with_settings(read_target("t", "slurm:"), [("options", "--a=1"), ("options", "--b=2")])
    assert target.slurm is not None
    assert target.slurm.options == ("--a=1", "--b=2")
    emptied = with_settings(target, [("options", "")])
    assert emptied.slurm is not None
    assert emptied.slurm.options == ()


def test_labels_of_nodes_are_named_freely() -> None:
    target = with_settings(read_target("t", "kubernetes:"), [("node_selector.pool", "gpu"), ("node_selector.x", "")])
    assert target.kubernetes is not None
    assert target.kubernetes.node_selector == {"pool": "gpu"}


@pytest.mark.parametrize("pair", [("colour", "red"), ("port", "many"), ("host.name", "x")])
def test_a_setting_that_is_not_there_or_does_not_fit_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(InvalidValue):
        with_settings(read_target("t", "ssh://box"), [pair])
    with pytest.raises(InvalidValue):
        with_settings(read_target("t", "local:"), [pair])
