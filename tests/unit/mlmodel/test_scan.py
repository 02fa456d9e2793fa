"""What pickles would do, found without loading them: real attacks in every container, and real models."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from runfold.mlmodel.globals import Risk, judge
from runfold.mlmodel.pickles import names_in_pickle
from runfold.mlmodel.scan import Kind, scan_file


class Attack:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("exit 1",)


ATTACK = pickle.dumps([1, {"weights": Attack()}])


@pytest.fixture(scope="module")
def forest() -> object:
    rows = np.random.default_rng(0).normal(size=(60, 4))
    model = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=4, random_state=0))
    return model.fit(rows, rows[:, 0] > 0)


def dangerous(content: bytes, name: str = "model.pkl") -> list[str]:
    return [finding.name for finding in scan_file(name, io.BytesIO(content)).dangerous]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_command_is_found_in_every_protocol(protocol: int) -> None:
    assert dangerous(pickle.dumps(Attack(), protocol)) == ["posix.system"]


N_BOMB = 64 * 2**20


def array_of_objects(content: bytes) -> bytes:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, lzma.compress])
@pytest.mark.parametrize(
    "opcodes",
    [
        b"\x8e" + struct.pack("<Q", N_BOMB) + bytes(N_BOMB),
        b"B" + struct.pack("<I", N_BOMB) + bytes(N_BOMB),
        b"\x8d" + struct.pack("<Q", N_BOMB) + bytes(N_BOMB),
        b"V" + b"a" * N_BOMB,
    ],
    ids=["bytes8", "bytes", "unicode8", "line"],
)
def test_a_value_that_would_fill_the_memory_is_passed_over(compress: Callable[[bytes], bytes], opcodes: bytes) -> None:
    bomb = compress(b"\x80\x04" + opcodes + b"0" + ATTACK[2:])
    del opcodes
    tracemalloc.start()
    try:
        assert scan_file("model.pkl", io.BytesIO(bomb), is_pickle=True).dangerous
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_a_schema_too_long_to_be_read_does_not_pass_for_a_clean_one() -> None:
    schema = b'{"padding": "' + b" " * 33 * 2**20 + b'", "__module__": "os", "__class__": "system"}'
    (problem,) = dangerous(in_zip(schema, "schema.json"), "model.skops")
    assert problem.startswith("it has more than")


def test_what_follows_a_value_that_was_passed_over_is_found() -> None:
    packed = zlib.compress(pickle.dumps([bytes(10**6), Attack(), "a" * 10**6]))
    report = scan_file("model.pkl", io.BytesIO(packed), is_pickle=True)
    assert [finding.name for finding in report.dangerous] == ["posix.system"]
    assert dangerous(gzip.compress(array_of_objects(ATTACK)), "a.npy.gz") == ["posix.system"]


def in_zip(content: bytes, name: str = "archive/data.pkl") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def in_tar(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("pickle")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "wrap",
    [in_zip, in_tar, gzip.compress, bz2.compress, lzma.compress, lambda content: in_zip(in_zip(content))],
    ids=["zip", "tar", "gzip", "bz2", "xz", "zip in zip"],
)
def test_a_command_is_found_in_containers(wrap: Callable[[bytes], bytes]) -> None:
    assert dangerous(wrap(ATTACK), "weights.bin") == ["posix.system"]


def test_a_command_is_found_behind_zlib_where_a_pickle_is_due() -> None:
    report = scan_file("model", io.BytesIO(zlib.compress(ATTACK)), is_pickle=True)

    assert [finding.name for finding in report.dangerous] == ["posix.system"]


def test_a_command_is_found_among_the_items_of_an_array() -> None:
    file = io.BytesIO()
    np.savez(file, weights=np.array([Attack(), 1], dtype=object))

    assert dangerous(file.getvalue(), "weights.npz") == ["posix.system"]


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("xz", 1)], ids=str)
def test_a_command_is_found_between_the_arrays_of_joblib(compress: object, forest: object, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump([forest, np.array([Attack()], dtype=object), np.zeros(1000)], path, compress=compress)
    with path.open("rb") as file:
        report = scan_file("model.joblib", file, is_pickle=True)

    assert [(finding.name, finding.kind) for finding in report.dangerous] == [("posix.system", Kind.DANGEROUS)]


def test_a_forged_wrapper_of_joblib_hides_nothing() -> None:
    hidden = ATTACK[2:]
    state = pickle.dumps({"shape": (len(hidden),), "dtype": np.dtype("u1"), "numpy_array_alignment_bytes": None})
    forged = b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + state[2:-1] + b"b0" + hidden

    assert "posix.system" in dangerous(forged)


@pytest.mark.parametrize(
    "content",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"c__builtin__\nexec\n(S'1'\ntR.",
        b"(S'ls'\nios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93.",
        b"\x80\x04\x8c\x05numpy\x8c\x09os.system\x93.",
        b"\x80\x04\x8c\x05numpy\x8c\x15__builtins__.__dict__\x93.",
        b"\x80\x02cnumpy.testing._private.utils\nrunstring\n.",
        b"\x80\x02ctorch.hub\nload\n.",
        b"\x80\x04c_codecs\nencode\n\x8c\x02os\x85R\x8c\x06system\x93.",
    ],
)
def test_ways_around_a_plain_name_are_found(content: bytes) -> None:
    assert dangerous(content)


def test_a_pickle_that_breaks_off_is_dangerous_and_tells_what_came_before() -> None:
    report = scan_file("model.pkl", io.BytesIO(ATTACK[:-3]))

    assert {finding.kind for finding in report.findings} == {Kind.DANGEROUS, Kind.MALFORMED}


@pytest.mark.parametrize("content", [b"PK\x03\x04 no zip", b"\x1f\x8b no gzip", b"\x93NUMPY", b"\x80\x04\x95"])
def test_a_broken_container_is_dangerous(content: bytes) -> None:
    assert [finding.kind for finding in scan_file("weights.bin", io.BytesIO(content)).dangerous] == [Kind.MALFORMED]


def test_a_model_of_scikit_learn_is_clean(forest: object, tmp_path: Path) -> None:
    joblib.dump(forest, tmp_path / "model.joblib")
    with (tmp_path / "model.joblib").open("rb") as file:
        stored = scan_file("model.joblib", file)

    assert stored.holds_pickles
    assert stored.findings == ()
    assert scan_file("model.pkl", io.BytesIO(pickle.dumps(forest))).findings == ()


def test_a_function_in_a_cloudpickle_is_unknown_but_not_dangerous() -> None:
    report = scan_file("model.pkl", io.BytesIO(cloudpickle.dumps(lambda x: x + 1)))

    assert report.dangerous == ()
    assert "cloudpickle.cloudpickle._make_function" in [finding.name for finding in report.unknown]


def test_files_without_pickles_are_told_apart() -> None:
    assert not scan_file("model.json", io.BytesIO(b'{"a": 1}')).holds_pickles
    assert not scan_file("weights.npz", io.BytesIO(in_zip(b"plain", "a.txt"))).holds_pickles


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_reported(content: bytes) -> None:
    scan_file("model.pkl", io.BytesIO(content), is_pickle=True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.sampled_from([set, dict]),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(values, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_honest_pickles_are_followed_to_their_end(value: object, protocol: int) -> None:
    names = set(names_in_pickle(io.BytesIO(pickle.dumps(value, protocol))))

    assert names <= {("builtins", "set"), ("builtins", "dict"), ("__builtin__", "set"), ("__builtin__", "dict")} | {
        ("_codecs", "encode"),
        ("__builtin__", "bytes"),
    }


def test_only_what_computes_a_score_is_known_beside_classes_of_scikit_learn() -> None:
    ranking = "sklearn.metrics._ranking"
    names = ("roc_auc_score", "partial", "np.load_score", "_Private", "ranking.Public")
    assert [judge(ranking, name) for name in names] == [
        *(Risk.KNOWN, Risk.UNKNOWN, Risk.UNKNOWN, Risk.KNOWN, Risk.UNKNOWN)
    ]
