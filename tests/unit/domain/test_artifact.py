import msgspec
import pytest

from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import InvalidValue

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "//host/share",
    ".",
    "./",
    "./a",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "..\\a",
    "\\\\host\\share",
    "C:",
    "C:/windows",
    "c:file",
    "a/C:/b",
    "file:/etc/passwd",
    "FILE:x",
    "http://host/a",
    "%2e%2e/a",
    "a/%2E%2e/b",
    "a%2fb",
    "a%5cb",
    "%252e%252e/a",
    "%25252fa",
    "a\x00b",
    "a\nb",
    "a\x7fb",
    "a\x85b",
    "\ud800",
    "con",
    "a/NUL",
    "nul.txt",
    "Com1.tar.gz",
    "lpt¹",
    "aux .txt",
    "a/b.",
    "a /b",
    "...",
    "a/.runfold-part/b",
    "a" * 256,
    "ü" * 128,
    "/".join(["abc"] * 257),
]

FINE = [
    "a",
    "a/b/c.txt",
    ".hidden",
    "..a",
    "a..b",
    "...a",
    "-",
    "~",
    "100%",
    "%20",
    "step%25%timestamp%1",
    "12:30:00.csv",
    "epoch=1,loss=0.1.ckpt",
    "console.log",
    "com10",
    "a" * 255,
    "日本語/ü.txt",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_path_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        ArtifactPath(text)


@pytest.mark.parametrize("text", FINE)
def test_a_plain_path_is_kept_as_it_is(text: str) -> None:
    assert ArtifactPath(text).text == text


def test_a_refusal_names_the_path_and_the_reason() -> None:
    with pytest.raises(InvalidValue, match=r"'a/\.\./b' cannot be used: it contains the name '\.\.'"):
        ArtifactPath("a/../b")


def test_a_path_from_the_wire_is_checked_too() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"text": "../a"}', type=ArtifactPath)


def test_a_path_knows_its_name_parent_and_parts() -> None:
    path = ArtifactPath("a/b/c.txt")
    assert (path.name, path.parent, path.names) == ("c.txt", ArtifactPath("a/b"), ("a", "b", "c.txt"))
    assert ArtifactPath("a").parent is None


def test_the_empty_text_is_the_root_where_a_folder_is_listed() -> None:
    assert ArtifactPath.or_root("") is None
    assert ArtifactPath.or_root("a") == ArtifactPath("a")


def test_joining_checks_the_result() -> None:
    assert ArtifactPath("a") / "b/c" == ArtifactPath("a/b/c")
    assert join(None, "b") == ArtifactPath("b")
    with pytest.raises(InvalidValue):
        ArtifactPath("a") / "../b"


def test_a_path_can_be_seen_from_a_folder_above_it() -> None:
    assert ArtifactPath("a/b/c").relative_to(ArtifactPath("a/b")) == ArtifactPath("c")
    assert ArtifactPath("a/b").relative_to(None) == ArtifactPath("a/b")
    with pytest.raises(ValueError, match="does not lie below"):
        ArtifactPath("ab/c").relative_to(ArtifactPath("a"))


def test_files_of_a_folder_sort_by_path() -> None:
    names = ["b", "a/x", "a", "B"]
    assert sorted(ArtifactPath(name) for name in names) == [ArtifactPath(name) for name in sorted(names)]
    assert FileInfo(ArtifactPath("a"), is_dir=True) == FileInfo(ArtifactPath("a"), is_dir=True)
