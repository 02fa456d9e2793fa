"""Models of one's own code: from files, or as cloudpickles where asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import runfold
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.mlmodel.document import FILE_NAME, MLmodel, write_mlmodel
from runfold.mlmodel.schema import ColumnSchema, DataType

FILE = """
from pathlib import Path
import runfold


class Scaled(runfold.pyfunc.PythonModel):
    def load_context(self, context):
        self.offset = float(Path(context.artifacts["offset"]).read_text())

    def predict(self, context, model_input, params=None):
        return [value * params["factor"] + self.offset + context.model_config["bias"] for value in model_input]


runfold.pyfunc.set_model(Scaled())
"""


def save(folder: Path, text: str, **options: Any) -> Path:
    source = folder / "scaled.py"
    source.write_text(text)
    runfold.pyfunc.save_model(folder / "model", source, **options)
    return folder / "model"


def test_a_file_is_a_model_with_artifacts_params_and_settings(tmp_path: Path) -> None:
    (tmp_path / "offset.txt").write_text("0.5")
    path = save(
        tmp_path,
        FILE,
        artifacts={"offset": tmp_path / "offset.txt"},
        model_config={"bias": 10.0},
        input_example=([1.0, 2.0], {"factor": 2.0}),
    )

    assert runfold.pyfunc.load_model(path, allow_code=True).predict([1.0, 2.0]) == [12.5, 14.5]
    changed = runfold.pyfunc.load_model(path, allow_code=True, model_config={"bias": 0.0})
    assert changed.predict([1.0], {"factor": 3.0}) == [3.5]
    with pytest.raises(InvalidValue, match="'other'"):
        runfold.pyfunc.load_model(path, allow_code=True, model_config={"other": 1})


def test_code_is_run_only_where_it_is_allowed(tmp_path: Path) -> None:
    path = save(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w').close()\nmodel = len\n")

    with pytest.raises(PermissionDenied, match=r"scaled\.py.*allow_code"):
        runfold.pyfunc.load_model(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "text",
    [
        "def predict(rows):\n    return [2 * row for row in rows]\n",
        "class Double:\n    def predict(self, rows):\n        return [2 * row for row in rows]\n\n\nmodel = Double()\n",
    ],
    ids=["function", "object"],
)
def test_a_plain_file_needs_no_import(text: str, tmp_path: Path) -> None:
    assert runfold.pyfunc.load_model(save(tmp_path, text), allow_code=True).predict([1, 2]) == [2, 4]


def test_a_file_that_names_no_model_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="set_model"):
        runfold.pyfunc.load_model(save(tmp_path, "x = 1\n"), allow_code=True)


def test_objects_have_to_be_asked_for_and_allowed(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="cloudpickle"):
        runfold.pyfunc.save_model(tmp_path / "model", lambda rows: rows)
    runfold.pyfunc.save_model(tmp_path / "model", lambda rows: rows[::-1], serialization_format="cloudpickle")

    with pytest.raises(PermissionDenied, match="allow_pickle"):
        runfold.pyfunc.load_model(tmp_path / "model")
    assert runfold.pyfunc.load_model(tmp_path / "model", allow_pickle=True).predict([1, 2]) == [2, 1]


def test_bundled_code_is_imported_where_it_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "triple_lib_of_a_test.py").write_text("def triple(x):\n    return 3 * x\n")
    text = "import triple_lib_of_a_test as lib\n\n\ndef predict(rows):\n    return [lib.triple(row) for row in rows]\n"
    path = save(tmp_path, text, code_paths=[tmp_path / "triple_lib_of_a_test.py"])

    assert runfold.pyfunc.load_model(path, allow_code=True).predict([2]) == [6]


def test_requirements_are_those_the_code_imports_or_those_given(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.py").write_text("import json, numpy\nfrom pandas import DataFrame\n")
    path = save(tmp_path, "model = len\n", code_paths=[tmp_path / "lib"])
    found = (path / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in found] == ["numpy", "pandas"]

    save(tmp_path / "lib", "model = len\n", pip_requirements=["numpy>=2"], extra_pip_requirements=["polars"])
    assert (tmp_path / "lib" / "model" / "requirements.txt").read_text() == "numpy>=2\npolars\n"
    with pytest.raises(InvalidValue, match="no requirement"):
        runfold.pyfunc.save_model(tmp_path / "bad", tmp_path / "scaled.py", pip_requirements=["; rm -rf /"])


def test_requirements_of_a_file_are_what_it_imports_itself(tmp_path: Path) -> None:
    path = save(tmp_path, "import json\n\nimport numpy\n\n\ndef predict(rows):\n    import pandas\n\n    return rows\n")
    found = (path / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in found] == ["numpy", "pandas"]


def test_an_example_tells_what_a_model_of_ones_own_answers(tmp_path: Path) -> None:
    (tmp_path / "doubling_lib_of_a_test.py").write_text("FACTOR = 2.0\n")
    text = (
        "from doubling_lib_of_a_test import FACTOR\n\n\n"
        "def predict(rows, params):\n    return rows.assign(y=rows['x'] * FACTOR + params['more'])[['y']]\n"
    )
    rows = pd.DataFrame({"x": [1.0, 2.0]})
    paths = [tmp_path / "doubling_lib_of_a_test.py"]
    path = save(tmp_path, text, input_example=(rows, {"more": 1.0}), code_paths=paths)

    signature = runfold.models.get_model_info(path).signature
    assert signature is not None
    assert isinstance(signature.outputs, ColumnSchema)
    assert [(column.name, column.type) for column in signature.outputs.columns] == [("y", DataType.DOUBLE)]
    assert [param.name for param in signature.params] == ["more"]
    assert not any(str(path) in entry for entry in sys.path)


def test_an_example_that_a_model_of_ones_own_does_not_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="cannot be called with its input_example: KeyError: 'x'"):
        save(tmp_path, "def predict(rows):\n    return rows['x']\n", input_example=pd.DataFrame({"z": [1]}))
    assert not (tmp_path / "model").exists()


def test_answers_that_no_schema_says_leave_the_signature_without(tmp_path: Path) -> None:
    path = save(tmp_path, "def predict(rows):\n    return object()\n", input_example=pd.DataFrame({"z": [1]}))
    signature = runfold.models.get_model_info(path).signature
    assert signature is not None
    assert (signature.inputs is None, signature.outputs) == (False, None)


def test_folders_that_are_no_models_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        runfold.models.load_model(tmp_path / "absent")
    with pytest.raises(InvalidValue, match="no file 'MLmodel'"):
        runfold.models.load_model(tmp_path)
    for conf, message in [
        ({"python_function": {"loader_module": "os"}}, "'os', which no flavour here knows"),
        ({"crystal": {}}, "cannot be called without its framework"),
        ({"python_function": {"loader_module": "mlflow.pyfunc.model"}}, "does not say which file"),
    ]:
        (tmp_path / FILE_NAME).write_text(write_mlmodel(MLmodel(flavors=conf)))
        with pytest.raises(runfold.RunfoldError, match=message):
            runfold.models.load_model(tmp_path, allow_pickle=True)


def test_examples_are_kept_in_mlflows_form_and_read_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "t": pd.to_datetime(["2026-01-01", "2026-01-02"]), "m": [1.5, None]})
    path = save(tmp_path, "model = len\n", input_example=frame)

    assert (path / "serving_input_example.json").read_text().startswith('{\n  "dataframe_split"')
    example = runfold.pyfunc.load_model(path, allow_code=True).example
    assert example is not None
    assert example.data["a"].tolist() == [1, 2]
    assert example.data["m"].isna().tolist() == [False, True]
