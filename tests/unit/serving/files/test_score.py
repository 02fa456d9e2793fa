from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import Signature
from runfold.serving.files.score import appearing, format_of, score
from runfold.serving.model import ServedModel
from runfold.serving.protocol.errors import UnreadableInput
from tests.contract.scoring.models import MODELS, NUMBERS, Function

ROWS = pd.DataFrame({"a": np.arange(25) / 2, "b": np.arange(25)})
EXPECTED = (ROWS["a"] + 2 * ROWS["b"]).tolist()


def model(function: Any = None) -> ServedModel:
    return ServedModel(Function(function, Signature(NUMBERS)) if function else MODELS["numbers"], name="m")


def encoded(kind: str) -> bytes:
    records = ROWS.to_dict(orient="records")
    match kind:
        case "csv":
            return ROWS.to_csv(index=False).encode()
        case "json":
            return json.dumps(records, indent=1).encode()
        case "jsonl":
            return "\n".join(json.dumps(record) for record in records).encode()
    buffer = io.BytesIO()
    ROWS.to_parquet(buffer)
    return buffer.getvalue()


def decoded(content: bytes, kind: str) -> list[float]:
    match kind:
        case "csv":
            return pd.read_csv(io.BytesIO(content))["prediction"].tolist()
        case "json":
            return json.loads(content)["predictions"]
        case "jsonl":
            return [json.loads(line) for line in content.splitlines()]
    return pd.read_parquet(io.BytesIO(content))["prediction"].tolist()


def run(content: bytes, source: str, target: str, loaded: ServedModel | None = None, **options: Any) -> bytes:
    output = io.BytesIO()
    output.close = lambda: None  # type: ignore[method-assign]  # Parquet's writer closes what it writes to
    score(loaded or model(), io.BytesIO(content), output, input_format=source, output_format=target, **options)
    return output.getvalue()


@pytest.mark.parametrize("target", ["csv", "json", "jsonl", "parquet"])
@pytest.mark.parametrize("source", ["csv", "json", "jsonl", "parquet"])
def test_every_format_goes_into_every_other_in_pieces(source: str, target: str) -> None:
    done: list[int] = []

    content = run(encoded(source), source, target, rows_of_a_piece=10, tell=done.append)

    assert decoded(content, target) == EXPECTED
    assert done == [10, 20, 25]


def test_rows_stand_beside_their_predictions() -> None:
    content = run(encoded("csv"), "csv", "csv", with_input=True, rows_of_a_piece=7)

    found = pd.read_csv(io.BytesIO(content))
    assert list(found.columns) == ["a", "b", "prediction"]
    assert found["prediction"].tolist() == EXPECTED


def test_one_request_of_the_protocol_is_read_whole() -> None:
    assert decoded(run(b'{"inputs": [[1.5, 2]]}', "json", "json"), "json") == [5.5]


def test_an_array_is_read_in_pieces_cut_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runfold.serving.files.readers._PIECE_CHARACTERS", 3)
    words = model(lambda rows, _: rows["a"].tolist())
    content = json.dumps([{"a": 1.0, "b": 1, "ü€😀": "ü€😀"}] * 3, ensure_ascii=False).encode()

    assert decoded(run(content, "json", "json", words), "json") == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("source", "content", "reason"),
    [
        ("jsonl", b'{"a": 1, "b": 2}\n{"a": 1', "line 2 is not JSON"),
        ("jsonl", b"[1]\n", "line 1 is not an object"),
        ("json", b'[{"a": 1, "b": 2}, {"a"', "item 1 is not JSON"),
        ("json", b"[5]", "item 0 is not an object"),
        ("json", b'[{"a": "\xff"}]', "UTF-8"),
        ("csv", b"a,b\n1,2\nx,3\n", "Column 'a': expected double, found text 'x'"),
        ("parquet", b"PAR1 no", "not a Parquet file"),
    ],
)
def test_input_that_does_not_fit_says_where(source: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInput, match=reason):
        run(content, source, "json")


def test_predictions_that_are_not_one_a_row_cannot_be_joined() -> None:
    with pytest.raises(InvalidValue, match="1 predictions for 25 rows"):
        run(encoded("csv"), "csv", "csv", model(lambda rows, _: [len(rows)]), with_input=True)


def test_predictions_of_several_columns_keep_them() -> None:
    two = model(lambda rows, _: np.ones((len(rows), 2)))

    assert run(encoded("csv"), "csv", "csv", two).splitlines()[0] == b"prediction_0,prediction_1"


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    def fail() -> None:
        with appearing(target) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with appearing(target) as file:
        file.write(b"whole")

    assert target.read_bytes() == b"whole"


@pytest.mark.parametrize(("name", "kind"), [("a.CSV", "csv"), ("b.ndjson", "jsonl"), ("c.pq", "parquet"), ("d", None)])
def test_names_tell_the_format(name: str, kind: str | None) -> None:
    assert format_of(Path(name)) == kind


@pytest.mark.parametrize("source", ["csv", "json", "jsonl"])
def test_a_column_that_is_missing_is_named_and_nothing_else_blamed(source: str) -> None:
    lines = {"csv": b"a\n1.5\n", "json": b'[{"a": 1.5}]', "jsonl": b'{"a": 1.5}\n'}

    with pytest.raises(InvalidValue, match=r"^Column 'b'"):
        run(lines[source], source, "json")
