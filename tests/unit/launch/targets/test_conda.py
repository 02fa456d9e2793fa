"""Conda's packages for machines that are not this one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from runfold.errors import InvalidValue
from runfold.launch.conda import CondaFailed, Machine, link
from runfold.launch.targets.conda import machine_of
from runfold.launch.targets.folder import Survey, all_files
from tests.unit.projects.environments.channel import PLACE, Channel, Prefixed

BOX = Survey(
    place="/scratch/environments/1-x86_64",
    is_there=False,
    system="Linux",
    machine="x86_64",
    release="5.15.0-91-generic",
    libc=("glibc", "2.36"),
    cuda="12.4",
)


def test_packages_are_chosen_by_what_the_machine_says_of_itself() -> None:
    virtual = {("__unix", "0", "0"), ("__archspec", "1", "x86_64"), ("__linux", "5.15.0", "0")}
    machine = machine_of(BOX, "box")
    assert machine.subdir == "linux-64"
    assert set(machine.virtual_packages) == virtual | {("__glibc", "2.36", "0"), ("__cuda", "12.4", "0")}


def test_a_mac_has_a_version_of_its_own_and_neither_glibc_nor_cuda() -> None:
    mac = msgspec.structs.replace(BOX, system="Darwin", machine="arm64", release="14.5", libc=("", ""), cuda="")
    found = machine_of(mac, "mac")
    assert found.subdir == "osx-arm64"
    assert set(found.virtual_packages) == {("__unix", "0", "0"), ("__archspec", "1", "arm64"), ("__osx", "14.5", "0")}


def test_a_machine_that_conda_knows_nothing_of_is_told() -> None:
    with pytest.raises(InvalidValue, match=r"box is a machine of Linux on riscv9.*--env-manager uv"):
        machine_of(msgspec.structs.replace(BOX, machine="riscv9"), "box")


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    return Channel(tmp_path / "channel")


def test_files_hold_the_place_where_they_will_lie(channel: Channel, tmp_path: Path) -> None:
    channel.add("hello", "1.0", {"bin/hello": Prefixed(f"#!{PLACE}/bin/sh\n")})
    machine = Machine(subdir="linux-aarch64")

    link([channel.folder.as_uri()], ["hello"], tmp_path / "made", machine=machine, prefix="/there/environment")

    assert (tmp_path / "made/bin/hello").read_text() == "#!/there/environment/bin/sh\n"


def test_what_a_machine_brings_decides_which_packages_it_gets(channel: Channel, tmp_path: Path) -> None:
    channel.add("maths", "1.0", {"share/maths": "slow"})
    channel.add("maths", "2.0", {"share/maths": "quick"}, depends=["__cuda >=12"])

    def made(*virtual: tuple[str, str, str]) -> str:
        place = tmp_path / f"made{len(virtual)}"
        machine = Machine(subdir="linux-64", virtual_packages=virtual)
        link([channel.folder.as_uri()], ["maths"], place, machine=machine)
        return (place / "share/maths").read_text()

    assert made() == "slow"
    assert made(("__cuda", "12.4", "0")) == "quick"
    with pytest.raises(CondaFailed, match="maths"):
        link([channel.folder.as_uri()], ["maths 2.*"], tmp_path / "none", machine=Machine(subdir="osx-64"))


def test_all_of_a_folder_goes_along(tmp_path: Path) -> None:
    (tmp_path / "lib/empty").mkdir(parents=True)
    (tmp_path / "lib/a.txt").write_text("a")
    (tmp_path / "venv").mkdir()
    (tmp_path / "lib64").symlink_to("lib")

    assert sorted(all_files(tmp_path)) == ["lib/a.txt", "lib/empty", "lib64", "venv"]
    assert sorted(all_files(tmp_path, without={"venv"})) == ["lib/a.txt", "lib/empty", "lib64"]
