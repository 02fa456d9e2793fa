import pytest

from runfold.artifacts.location import Location, parse_location
from runfold.errors import InvalidValue


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("files", "files"),
        ("./a b#c?d", "./a b#c?d"),
        ("../above", "../above"),
        ("/srv/files", "/srv/files"),
        ("file:/srv/files", "/srv/files"),
        ("file:///srv/two%20words", "/srv/two words"),
        ("file://localhost/srv", "/srv"),
        ("FILE:///srv", "/srv"),
    ],
)
def test_plain_paths_and_file_uris_name_a_local_folder(uri: str, path: str) -> None:
    assert parse_location(uri) == Location("file", "", "", None, path)


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("s3://bucket", Location("s3", "", "bucket", None, "")),
        ("S3://bucket/a/b/", Location("s3", "", "bucket", None, "a/b")),
        ("sftp://ann@host:2222/srv", Location("sftp", "ann", "host", 2222, "srv")),
        ("webdavs://host/dav/x", Location("webdavs", "", "host", None, "dav/x")),
        ("http://[::1]:8081/raw", Location("http", "", "[::1]", 8081, "raw")),
        ("wasbs://box@account.blob.example/x", Location("wasbs", "box", "account.blob.example", None, "x")),
        ("mlflow-artifacts:/0/r/artifacts", Location("mlflow-artifacts", "", "", None, "0/r/artifacts")),
        ("mlflow-artifacts://host:5000/0", Location("mlflow-artifacts", "", "host", 5000, "0")),
    ],
)
def test_a_uri_is_taken_apart(uri: str, location: Location) -> None:
    assert parse_location(uri) == location


@pytest.mark.parametrize(
    "uri",
    [
        "",
        " ",
        "s3://bucket/a?x=/../..",
        "s3://bucket/a#/../..",
        "s3://bucket/a;x",
        "s3://bucket/../other",
        "s3://bucket/a\\..\\b",
        "s3://bucket/a\x00",
        "http://ann:secret@host/raw",
        "http://host:70000/raw",
        "http://host:port/raw",
        "file:///srv/../etc",
        "file:///srv/%2e%2e/etc",
        "file:///srv?x",
        "file:///srv#x",
        "file:///srv%00",
        "file://other-host/srv",
        "file:",
        "a\x00b",
    ],
)
def test_a_location_with_a_second_meaning_is_refused(uri: str) -> None:
    with pytest.raises(InvalidValue):
        parse_location(uri)


@pytest.mark.parametrize("uri", [r"C:\files", "C:/files", r"\\host\share", "file:///C:/files", "file:/c:/files"])
def test_windows_paths_are_refused_elsewhere_with_that_reason(uri: str) -> None:
    with pytest.raises(InvalidValue, match="Windows machine"):
        parse_location(uri)


def test_a_refusal_does_not_repeat_a_password() -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_location("sftp://ann:secret@host/srv")
    assert "secret" not in str(caught.value)
    assert "environment" in str(caught.value)


@pytest.mark.parametrize("uri", ["s3://bucket/a", "sftp://ann@host:2222/srv", "file:///srv/two%20words"])
def test_a_location_gives_its_uri_back(uri: str) -> None:
    assert parse_location(uri).uri == uri
