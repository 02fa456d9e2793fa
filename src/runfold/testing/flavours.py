"""What every flavour does, as tests, for a fixture `case` that gives a `FlavourCase`.

from runfold.testing.flavours import *

@pytest.fixture(params=[...])
def case(request): return FlavourCase(...)
"""

from __future__ import annotations

import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy
import pytest
from msgspec.structs import replace

from runfold.errors import DigestMismatch, InvalidValue, PermissionDenied, RunfoldError
from runfold.mlmodel.document import FILE_NAME, PYFUNC, parse_mlmodel, write_mlmodel
from runfold.models.flavor import Flavor, Serialization
from runfold.models.flavors import flavor_for
from runfold.models.loading import load_model, load_native, scan_model
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.requirements import CONDA_FILE, PYTHON_ENV_FILE, REQUIREMENTS_FILE
from runfold.models.saving import save_model


class FlavourCase(msgspec.Struct, frozen=True):
    """One kind of model of a flavour.

    Attributes:
        flavour: under test.
        model: trained, small.
        example: a few rows as the model takes them.
        predict: what the framework itself answers to rows; compared with what comes back.
        requirement: the distribution that has to be in the requirements, such as `scikit-learn`.
        extra: arguments of the framework's own for `save_model`.
        serializations: names of those this model can be written in; none: all of the flavour.
        files: patterns of those that hold the model, where `MLmodel` names only their folder; of all serializations.
        has_pickled_data: a safe format keeps plain data in a pickle, which the flavour looks through before reading.
    """

    flavour: Flavor
    model: Any
    example: Any
    predict: Callable[[Any, Any], Any]
    requirement: str
    extra: dict[str, Any] = {}
    serializations: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    has_pickled_data: bool = False

    @property
    def formats(self) -> list[Serialization]:
        wanted = self.serializations or [one.name for one in self.flavour.serializations]
        return [one for one in self.flavour.serializations if one.name in wanted]

    def save(self, path: Path, **options: Any) -> None:
        form = {"serialization_format": self.formats[0].name}
        save_model(self.model, path, flavor=self.flavour.name, **{**form, **self.extra, **options})

    def load(self, path: Path) -> PyFuncModel:
        return load_model(path, allow_pickle=not self.formats[0].is_safe)

    @property
    def expected(self) -> Any:
        return self.predict(self.model, self.example)


class Attack:
    """Leaves a file behind when it is unpickled by who does not look."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return exec, (f"open({str(self.mark)!r}, 'w').close()",)


def same(one: Any, other: Any) -> bool:
    """Whether two answers hold the same numbers, whatever holds them."""
    if isinstance(one, dict):
        return bool(one.keys() == other.keys() and all(same(one[key], other[key]) for key in one))
    left, right = numpy.asarray(one), numpy.asarray(other)
    if left.dtype.kind in "OUS":
        return bool(left.tolist() == right.tolist())
    return left.shape == right.shape and bool(numpy.allclose(left, right, rtol=1e-5, atol=1e-6, equal_nan=True))


def test_the_default_format_is_safe_or_has_to_be_named(case: FlavourCase, tmp_path: Path) -> None:
    if case.flavour.serializations[0].is_safe:
        assert case.flavour.serialization(None).is_safe
    else:
        with pytest.raises(InvalidValue, match="serialization_format"):
            save_model(case.model, tmp_path / "model", flavor=case.flavour.name)


def test_the_flavour_knows_its_own_objects(case: FlavourCase) -> None:
    assert case.flavour.handles(case.model)
    assert not case.flavour.handles(object())
    assert flavor_for(case.model).name == case.flavour.name


def test_what_is_saved_answers_as_before(case: FlavourCase, tmp_path: Path) -> None:
    for number, form in enumerate(case.formats):
        folder = tmp_path / str(number)
        case.save(folder, serialization_format=form.name, input_example=case.example)
        allow = not form.is_safe
        called = load_model(folder, allow_pickle=allow)
        native = load_native(folder, case.flavour.name, allow_pickle=allow)

        assert same(called.predict(case.example), case.expected), form.name
        assert same(case.predict(native, case.example), case.expected), form.name
        assert type(called.unwrap()).__name__ == type(native).__name__


def test_formats_that_run_code_are_recorded_and_refused(case: FlavourCase, tmp_path: Path) -> None:
    for number, form in enumerate(one for one in case.formats if not one.is_safe):
        folder = tmp_path / str(number)
        case.save(folder, serialization_format=form.name)
        conf = parse_mlmodel((folder / FILE_NAME).read_bytes()).flavors[case.flavour.name]

        assert case.flavour.serialization_of(conf) == form
        with pytest.raises(PermissionDenied, match="allow_"):
            load_model(folder)


def test_safe_formats_hold_no_pickle_and_no_format_what_is_dangerous(case: FlavourCase, tmp_path: Path) -> None:
    for number, form in enumerate(case.formats):
        case.save(tmp_path / str(number), serialization_format=form.name)
        report = scan_model(tmp_path / str(number))

        assert report.holds_pickles is (not form.is_safe or case.has_pickled_data)
        assert report.dangerous == ()


def test_a_format_nobody_knows_is_refused(case: FlavourCase, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="papyrus"):
        case.save(tmp_path / "model", serialization_format="papyrus")
    assert not (tmp_path / "model").exists()


def test_the_folder_says_what_the_model_needs(case: FlavourCase, tmp_path: Path) -> None:
    case.save(tmp_path / "model", input_example=case.example)

    lines = (tmp_path / "model" / REQUIREMENTS_FILE).read_text().splitlines()
    assert any(line.startswith(f"{case.requirement}==") for line in lines), lines
    assert (tmp_path / "model" / CONDA_FILE).exists()
    assert (tmp_path / "model" / PYTHON_ENV_FILE).exists()


def test_the_signature_is_found_with_the_example(case: FlavourCase, tmp_path: Path) -> None:
    case.save(tmp_path / "model", input_example=case.example)
    model = case.load(tmp_path / "model")

    assert model.signature.inputs is not None
    assert model.signature.outputs is not None
    assert model.example is not None
    assert same(model.predict(model.example.data), case.expected)


def test_damaged_files_are_a_clear_error(case: FlavourCase, tmp_path: Path) -> None:
    for number, form in enumerate(case.formats):
        folder = tmp_path / str(number)
        case.save(folder, serialization_format=form.name)
        for path in model_files(folder, case):
            content = path.read_bytes()
            for damaged in (b"", content[: len(content) // 2], b"\x00" * 64):
                path.write_bytes(damaged)
                with pytest.raises(RunfoldError):
                    load_native(folder, case.flavour.name, allow_pickle=True)
            path.write_bytes(content)


def test_damage_of_any_file_is_found_before_it_is_read(case: FlavourCase, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    case.save(folder, input_example=case.example)
    files = [one for one in sorted(folder.rglob("*")) if one.is_file() and one.name != FILE_NAME]
    for path in files:
        content = path.read_bytes()
        for damaged in damages(content):
            path.write_bytes(damaged)
            with pytest.raises(DigestMismatch, match=rf"{re.escape(path.name)}.* save the model anew"):
                case.load(folder)
        path.unlink()
        with pytest.raises(RunfoldError, match=re.escape(path.name)):
            case.load(folder)
        path.write_bytes(content)
    assert same(case.load(folder).predict(case.example), case.expected)


def test_a_damaged_mlmodel_file_is_a_clear_error(case: FlavourCase, tmp_path: Path) -> None:
    case.save(tmp_path / "model")
    path = tmp_path / "model" / FILE_NAME
    content = path.read_bytes()
    for damaged in (b"", content[: len(content) // 2], b"\x00" * 64, b"{", b"flavors: {}", b"flavors: 5"):
        path.write_bytes(damaged)
        with pytest.raises(RunfoldError, match=FILE_NAME):
            case.load(tmp_path / "model")


def test_damage_that_no_digest_tells_is_a_clear_error(case: FlavourCase, tmp_path: Path) -> None:
    """As in folders that MLflow wrote. What a reader takes for whole may be answered."""
    folder = tmp_path / "model"
    case.save(folder)
    forget_digests(folder)
    for path in model_files(folder, case):
        content = path.read_bytes()
        for damaged in (b"", content[: len(content) // 2]):
            path.write_bytes(damaged)
            with pytest.raises(RunfoldError, match=re.escape(path.name)):
                case.load(folder)
        path.write_bytes(content[: len(content) // 2] + b"\xff" * 8 + content[len(content) // 2 + 8 :])
        with suppress(RunfoldError):
            case.load(folder)
        path.write_bytes(content)


def test_missing_files_are_named(case: FlavourCase, tmp_path: Path) -> None:
    case.save(tmp_path / "model")
    for path in model_files(tmp_path / "model", case):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(InvalidValue, match=path.name):
            case.load(tmp_path / "model")
        path.write_bytes(content)


def test_files_outside_the_folder_are_not_read(case: FlavourCase, tmp_path: Path) -> None:
    case.save(tmp_path / "model")
    path = tmp_path / "model" / FILE_NAME
    document = parse_mlmodel(path.read_bytes())
    names = {one.relative_to(tmp_path / "model").parts[0] for one in model_files(tmp_path / "model", case)}
    for name in names:
        source = tmp_path / "model" / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    text = write_mlmodel(replace(document, digests={}))
    for name in names:
        text = text.replace(f": {name}\n", f": ../{name}\n")
    path.write_text(text)

    with pytest.raises(InvalidValue, match="outside"):
        load_native(tmp_path / "model", case.flavour.name, allow_pickle=True)


def test_an_attack_in_place_of_the_model_runs_nothing(case: FlavourCase, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for number, form in enumerate(case.formats):
        folder = tmp_path / str(number)
        case.save(folder, serialization_format=form.name)
        forget_digests(folder)
        for path in model_files(folder, case):
            content = path.read_bytes()
            path.write_bytes(pickle.dumps(Attack(mark)))
            with pytest.raises(RunfoldError):
                load_native(folder, case.flavour.name, allow_pickle=True, allow_code=True)
            path.write_bytes(content)
        assert not mark.exists()


def damages(content: bytes) -> Iterator[bytes]:
    """A file emptied, cut in half, and with a byte that was changed; one that is empty, filled."""
    half = len(content) // 2
    if not content:
        yield b"\x55"
        return
    yield b""
    yield content[:half]
    yield content[:half] + bytes([content[half] ^ 0x55]) + content[half + 1 :]


def forget_digests(folder: Path) -> None:
    """Who attacks a model leaves no digest that tells."""
    document = parse_mlmodel((folder / FILE_NAME).read_bytes())
    (folder / FILE_NAME).write_text(write_mlmodel(replace(document, digests={})))


def model_files(folder: Path, case: FlavourCase) -> list[Path]:
    """The files that hold the model, as its configuration names them."""
    flavors = parse_mlmodel((folder / FILE_NAME).read_bytes()).flavors
    values = [value for conf in flavors.values() for key, value in conf.items() if key not in ("env", "code")]
    named = {folder / value for value in values if isinstance(value, str) and value not in ("", ".")}
    named |= {path for pattern in case.files for path in folder.glob(pattern)}
    files = [path for path in sorted(named) if path.is_file()]
    assert files, f"{case.flavour.name} or {PYFUNC} name no file of the model"
    return files
