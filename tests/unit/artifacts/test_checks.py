import hashlib

import pytest

from runfold.artifacts.checks import Checksum, digest_from_field, digest_to_field
from runfold.domain.artifact import ArtifactPath
from runfold.errors import ArtifactError, DigestMismatch, InvalidValue

DIGEST = f"sha256:{hashlib.sha256(b'hello').hexdigest()}"


def test_a_digest_survives_the_header_field_and_back() -> None:
    assert digest_from_field(digest_to_field(DIGEST)) == DIGEST


def test_a_digest_is_found_among_others() -> None:
    # The SHA-256 is that of RFC 9530, appendix B.1.
    field = "sha-512=:AAAA:, sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert digest_from_field(field) == "sha256:44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38"


@pytest.mark.parametrize("field", ["", "sha-512=:AAAA:", "anything"])
def test_a_field_without_sha256_names_no_digest(field: str) -> None:
    assert digest_from_field(field) is None


@pytest.mark.parametrize("field", ["sha-256=:AAAA:", "sha-256=:A:"])
def test_a_field_with_a_broken_sha256_is_refused(field: str) -> None:
    with pytest.raises(InvalidValue):
        digest_from_field(field)


def test_more_bytes_than_announced_are_refused_at_once() -> None:
    checksum = Checksum(ArtifactPath("a"), size=3, digest=None)
    with pytest.raises(ArtifactError, match="more than 3 bytes, 3 were announced"):
        checksum.add(b"1234")


def test_bytes_are_compared_with_what_was_announced() -> None:
    good, bad = (Checksum(ArtifactPath("a"), size=5, digest=DIGEST) for _ in range(2))
    good.add(b"hello")
    good.check()
    bad.add(b"hallo")
    with pytest.raises(DigestMismatch):
        bad.check()
