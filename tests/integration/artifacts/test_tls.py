"""The store behind a server that speaks HTTPS with a certificate of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runfold.artifacts import ServerAccess, open_artifacts
from runfold.errors import ArtifactError


@pytest.fixture(scope="module")
def certificate(open_folder: Path) -> Path:
    """A self-signed certificate; its key lies beside it as `key.pem`."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command.split(), *files], cwd=open_folder, check=True, capture_output=True)
    return open_folder / "cert.pem"


@pytest.fixture(scope="module")
def https_url(start_server, open_folder: Path, certificate: Path) -> str:  # type: ignore[no-untyped-def]
    port = start_server(
        lambda port: [
            *(Path(sys.executable).with_name("runfold"), "server", "--port", str(port)),
            *("--store", f"sqlite:///{open_folder}/runfold.db", "--artifacts", open_folder / "artifacts"),
            *("--tls-cert", certificate, "--tls-key", certificate.with_name("key.pem")),
        ]
    )
    return f"https://127.0.0.1:{port}"


def test_a_certificate_that_is_not_known_is_refused(https_url: str) -> None:
    store = open_artifacts("mlflow-artifacts:/0", server=ServerAccess(https_url))
    with pytest.raises(ArtifactError, match="CERTIFICATE_VERIFY_FAILED"):
        store.list_folder()


def test_a_certificate_that_is_named_is_trusted(https_url: str, certificate: Path) -> None:
    server = ServerAccess(https_url, ca_file=str(certificate))
    assert open_artifacts("mlflow-artifacts:/0", server=server).list_folder() == []


def test_the_check_can_be_turned_off(https_url: str) -> None:
    server = ServerAccess(https_url, verify=False)
    assert open_artifacts("mlflow-artifacts:/0", server=server).list_folder() == []
