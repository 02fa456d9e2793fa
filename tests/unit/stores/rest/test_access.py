from __future__ import annotations

from pathlib import Path

import pytest

from runfold.errors import InvalidValue
from runfold.stores.rest.access import access_to

ME = {"Authorization": "Basic bWU6c2VjcmV0"}
TOKEN = {"Authorization": "Bearer abc"}


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return tmp_path / "credentials"


@pytest.mark.parametrize(
    ("uri", "environ", "headers"),
    [
        ("http://host:5000", {}, {}),
        ("http://me:secret@host:5000", {"MLFLOW_TRACKING_TOKEN": "abc"}, ME),
        ("http://host", {"MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "secret"}, ME),
        ("http://host", {"RUNFOLD_TRACKING_TOKEN": "abc", "MLFLOW_TRACKING_TOKEN": "other"}, TOKEN),
        ("http://host", {"MLFLOW_WORKSPACE": "team"}, {"X-MLFLOW-WORKSPACE": "team"}),
    ],
)
def test_credentials_come_from_the_strongest_source(
    uri: str, environ: dict[str, str], headers: dict[str, str], nowhere: Path
) -> None:
    assert access_to(uri, environ=environ, credentials_file=nowhere).headers == headers


def test_credentials_come_from_the_file_of_mlflow(nowhere: Path) -> None:
    nowhere.write_text("[mlflow]\nmlflow_tracking_username = me\nmlflow_tracking_password = secret\n")

    assert access_to("http://host", environ={}, credentials_file=nowhere).headers == ME


def test_the_address_loses_its_password_and_slash(nowhere: Path) -> None:
    access = access_to("https://me:secret@host:5000/prefix/", environ={}, credentials_file=nowhere)

    assert access.base_url == "https://host:5000/prefix"


def test_trust_is_set_by_the_environment(nowhere: Path) -> None:
    insecure = access_to("https://host", environ={"MLFLOW_TRACKING_INSECURE_TLS": "true"}, credentials_file=nowhere)
    own = access_to("https://host", environ={"MLFLOW_TRACKING_SERVER_CERT_PATH": "/ca.pem"}, credentials_file=nowhere)

    assert (insecure.verify, own.verify, own.ca_file) == (False, True, "/ca.pem")
    with pytest.raises(InvalidValue, match="contradict"):
        access_to(
            "https://host",
            environ={"MLFLOW_TRACKING_INSECURE_TLS": "1", "MLFLOW_TRACKING_SERVER_CERT_PATH": "/ca.pem"},
            credentials_file=nowhere,
        )


@pytest.mark.parametrize("uri", ["ftp://host", "host:5000", "http://"])
def test_what_is_no_server_is_refused(uri: str, nowhere: Path) -> None:
    with pytest.raises(InvalidValue, match="address of a server"):
        access_to(uri, environ={}, credentials_file=nowhere)
