import io
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from runfold.errors import InvalidValue, NotFound, RunfoldError
from runfold.projects.fetch import fetched, is_repository


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits on main, a tag on the first; a project in `sub`."""
    folder = tmp_path / "origin"
    (folder / "sub").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number in ("1", "2"):
        (folder / "sub" / "train.py").write_text(f"print({number})\n")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", number)
        if number == "1":
            git(folder, "tag", "first")
    return folder


def test_a_folder_is_used_where_it_lies(repository: Path) -> None:
    (repository / "sub" / "train.py").write_text("print(3)\n")

    with fetched(f"{repository}#sub") as code:
        assert code.folder == repository / "sub"
        assert (code.commit, code.is_dirty, code.is_copy) == (git(repository, "rev-parse", "HEAD"), True, False)


@pytest.mark.parametrize(("version", "prints"), [("", "2"), ("main", "2"), ("first", "1"), ("<commit>", "1")])
def test_a_repository_at_a_branch_tag_or_short_commit(repository: Path, version: str, prints: str) -> None:
    version = git(repository, "rev-parse", "first")[:10] if version == "<commit>" else version

    with fetched(f"file://{repository}#sub", version=version) as code:
        place = code.folder
        assert (place / "train.py").read_text() == f"print({prints})\n"
        assert code.commit == git(repository, "rev-parse", version or "HEAD")
        assert code.uri == f"file://{repository}#sub"

    assert not place.exists()


def test_a_version_of_a_folder_leaves_the_folder_alone(repository: Path) -> None:
    with fetched(str(repository), version="first") as code:
        assert (code.folder / "sub" / "train.py").read_text() == "print(1)\n"

    assert (repository / "sub" / "train.py").read_text() == "print(2)\n"


@pytest.mark.parametrize("version", ["no-such", "--upload-pack=touch x", "a b", "$(id)"])
def test_a_version_that_is_none(repository: Path, version: str) -> None:
    with pytest.raises(InvalidValue, match="branch, tag or commit"), fetched(f"file://{repository}", version=version):
        pass


def test_a_repository_that_cannot_be_read_is_told_without_its_password() -> None:
    with pytest.raises(InvalidValue) as refused, fetched("http://me:hunter2@127.0.0.1:1/x.git"):
        pass

    assert "127.0.0.1:1/x.git" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("inside", ["../..", "missing"])
def test_a_subfolder_lies_inside(repository: Path, inside: str) -> None:
    with pytest.raises((InvalidValue, NotFound)), fetched(f"{repository}#{inside}"):
        pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound), fetched(str(tmp_path / "missing")):
        pass


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("a" * 300, "No project folder, archive or repository"),
        ("ftp://host/x.git", "No project folder, archive or repository"),
        ("a/" * 5_000 + "x.zip", "No project folder, archive or repository"),
        (".#" + "a" * 300, "has no folder 'aaa"),
        ("~no-such-user/x", "whom this machine does not know"),
        ("https://h/x.git\nfoo", "control character"),
        ("a\0b", "control character"),
        ("https://", "names no repository"),
        ("git+ssh://", "names no repository"),
    ],
)
def test_an_address_that_can_be_none_is_told_in_few_words(uri: str, says: str) -> None:
    with pytest.raises(RunfoldError, match=says) as refused, fetched(uri):
        pass
    assert len(refused.value.message) < 400


def test_a_commit_that_is_gone_is_told_with_the_reason(repository: Path) -> None:
    with pytest.raises(InvalidValue, match="A commit goes once"), fetched(f"file://{repository}", version="ab" * 20):
        pass


@pytest.mark.parametrize("name", ["project.zip", "project.tar.gz"])
def test_an_archive_whose_files_lie_in_one_folder(tmp_path: Path, name: str) -> None:
    write_archive(tmp_path / name, {"project-1.0/train.py": b"pass\n"})

    with fetched(str(tmp_path / name)) as code:
        assert (code.folder / "train.py").read_bytes() == b"pass\n"


@pytest.mark.parametrize("name", ["project.zip", "project.tar.gz"])
@pytest.mark.parametrize("member", ["../evil", "/tmp/evil", "a/../../evil", "a\\b"])
def test_an_archive_cannot_write_outside(tmp_path: Path, name: str, member: str) -> None:
    write_archive(tmp_path / name, {member: b"x"})

    with pytest.raises(InvalidValue, match="leads out"), fetched(str(tmp_path / name)):
        pass


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "p.tar", "w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    with pytest.raises(InvalidValue, match="no plain file"), fetched(str(tmp_path / "p.tar")):
        pass


def test_a_damaged_archive(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 nonsense")

    with pytest.raises(InvalidValue, match="cannot be unpacked"), fetched(str(tmp_path / "p.zip")):
        pass


def write_archive(path: Path, contents: dict[str, bytes]) -> None:
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("uri", "is_one"),
    [("git@host:a/b.git", True), ("https://h/x", True), ("./here", False), ("ext::sh -c id", False), ("C:/x", False)],
)
def test_what_counts_as_a_repository(uri: str, is_one: bool) -> None:
    assert is_repository(uri) is is_one


def test_a_repository_that_is_not_there_is_told_by_gits_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="does not appear to be a git repository"), fetched(f"file://{tmp_path}/no"):
        pass
