"""The flavour of PyTorch: the shipped suite, both ways with MLflow, and archives that try to run something."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
import torch

from runfold import models
from runfold.errors import InvalidValue, PermissionDenied
from runfold.integrations.pytorch.flavor import FLAVOR
from runfold.models.portable import add_twin
from runfold.testing.flavours import *  # noqa: F403
from runfold.testing.flavours import FlavourCase, forget_digests

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def network() -> torch.nn.Module:
    torch.manual_seed(7)
    return torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 2))


def answer(model: Any, rows: Any) -> Any:
    with torch.no_grad():
        return model(torch.from_numpy(rows)).numpy()


class TwoInputs(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = torch.nn.Linear(3, 1), torch.nn.Linear(2, 1)

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"sum": self.left(left) + self.right(right), "difference": self.left(left) - self.right(right)}


@pytest.fixture
def case() -> FlavourCase:
    return FlavourCase(
        flavour=FLAVOR,
        model=network().eval(),
        example=ROWS,
        predict=answer,
        requirement="torch",
        extra={"input_example": ROWS},
        serializations=("pt2", "pickle"),
        files=("data/model.pt2", "data/model.pth"),
        has_pickled_data=True,
    )


def test_mlflow_calls_what_is_saved_here(tmp_path: Path) -> None:
    models.save_model(network(), tmp_path / "exported", input_example=ROWS)
    models.save_model(network(), tmp_path / "pickled", input_example=ROWS, serialization_format="pickle")

    for name in ("exported", "pickled"):
        loaded = mlflow.pyfunc.load_model(str(tmp_path / name))
        np.testing.assert_allclose(loaded.predict(ROWS), answer(network().eval(), ROWS), rtol=1e-5)
    native = mlflow.pytorch.load_model(str(tmp_path / "exported"))
    np.testing.assert_allclose(answer(native, ROWS), answer(network().eval(), ROWS), rtol=1e-5)


def test_what_mlflow_saved_is_called_here(tmp_path: Path) -> None:
    mlflow.pytorch.save_model(
        network().eval(),
        str(tmp_path / "exported"),
        input_example=ROWS,
        serialization_format="pt2",
        pip_requirements=["torch"],
    )
    mlflow.pytorch.save_model(
        network(), str(tmp_path / "pickled"), serialization_format="pickle", pip_requirements=["torch"]
    )

    exported = models.load_model(tmp_path / "exported")
    pickled = models.load_model(tmp_path / "pickled", allow_pickle=True)

    for model in (exported, pickled):
        np.testing.assert_allclose(model.predict(ROWS), answer(network().eval(), ROWS), rtol=1e-5)
    with pytest.raises(PermissionDenied, match="allow_pickle"):
        models.load_model(tmp_path / "pickled")


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_an_exported_model_takes_any_number_of_rows(tmp_path: Path, rows: int) -> None:
    models.save_model(network(), tmp_path / "model", input_example=ROWS[:1])

    assert models.load_model(tmp_path / "model").predict(np.ones((rows, 3), np.float32)).shape == (rows, 2)


def test_saving_leaves_a_model_in_training_as_it_was(tmp_path: Path) -> None:
    model = network().train()
    model[2].eval()

    models.save_model(model, tmp_path / "model", input_example=ROWS)

    assert [part.training for part in model] == [True, True, False, True]


def test_data_frames_come_back_with_their_index(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS.astype(float), columns=list("abc"), index=[3, 1, 4, 2])
    models.save_model(network(), tmp_path / "model", input_example=frame)

    predicted = models.load_model(tmp_path / "model").predict(frame[["c", "a", "b"]])

    assert list(predicted.index) == [3, 1, 4, 2]
    np.testing.assert_allclose(predicted, answer(network().eval(), ROWS), rtol=1e-5)


def test_several_inputs_and_outputs_go_by_name(tmp_path: Path) -> None:
    example = {"left": ROWS, "right": ROWS[:, :2]}
    model = TwoInputs()
    models.save_model(model, tmp_path / "model", input_example=example)

    loaded = models.load_model(tmp_path / "model")

    expected = model(torch.from_numpy(ROWS), torch.from_numpy(ROWS[:, :2]))["difference"].detach()
    assert loaded.predict(example)["difference"] == pytest.approx(expected.numpy(), rel=1e-5)


def test_weights_are_kept_with_the_class_that_holds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import torch\nclass Net(torch.nn.Linear):\n"
        "    def __init__(self, width=1):\n        super().__init__(width, 1)\n"
    )
    (tmp_path / "net_of_test.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    from net_of_test import Net  # type: ignore[import-not-found]

    model = Net(width=3)
    models.save_model(
        model,
        tmp_path / "model",
        serialization_format="safetensors",
        model_args={"width": 3},
        code_paths=[tmp_path / "net_of_test.py"],
    )

    assert (tmp_path / "model/code/net_of_test.py").exists()
    with pytest.raises(PermissionDenied, match="allow_code"):
        models.load_model(tmp_path / "model")
    loaded = models.load_model(tmp_path / "model", allow_code=True)
    np.testing.assert_allclose(loaded.predict(ROWS), answer(model, ROWS), rtol=1e-5)


def test_a_class_of_the_script_itself_cannot_be_kept_by_name(tmp_path: Path) -> None:
    class Local(torch.nn.Linear):
        pass

    with pytest.raises(InvalidValue, match="code_paths"):
        models.save_model(Local(1, 1), tmp_path / "model", serialization_format="safetensors")


def test_a_class_that_is_no_module_is_not_made(tmp_path: Path) -> None:
    models.save_model(torch.nn.Linear(3, 2), tmp_path / "model", serialization_format="safetensors", model_args={
        "in_features": 3, "out_features": 2})  # fmt: skip
    path = tmp_path / "model/MLmodel"
    path.write_text(path.read_text().replace("torch.nn.modules.linear.Linear", "subprocess.Popen"))

    with pytest.raises(InvalidValue, match=r"no torch\.nn\.Module"):
        models.load_native(tmp_path / "model", allow_code=True)


def test_models_without_an_example_say_what_they_need(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="input_example"):
        models.save_model(network(), tmp_path / "model")


def test_scripted_modules_are_kept_as_such(tmp_path: Path) -> None:
    scripted = torch.jit.script(network().eval())
    with pytest.raises(InvalidValue, match="pickle"):
        models.save_model(scripted, tmp_path / "refused", input_example=ROWS)
    models.save_model(scripted, tmp_path / "model", serialization_format="pickle", input_example=ROWS)

    loaded = models.load_model(tmp_path / "model", allow_pickle=True)

    np.testing.assert_allclose(loaded.predict(ROWS), answer(network().eval(), ROWS), rtol=1e-5)


def test_models_that_torch_cannot_export_say_what_else_there_is(tmp_path: Path) -> None:
    class Branching(torch.nn.Module):
        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            return rows if rows.sum() > 0 else -rows

    with pytest.raises(InvalidValue, match="safetensors"):
        models.save_model(Branching(), tmp_path / "model", input_example=ROWS)


def test_a_module_gets_a_twin_in_onnx(tmp_path: Path) -> None:
    models.save_model(network(), tmp_path / "model", input_example=ROWS)

    assert add_twin(tmp_path / "model", "onnx").rows == 4
    (twin,) = models.load_model(tmp_path / "model", flavor="onnx").predict(ROWS[:1]).values()
    np.testing.assert_allclose(twin, answer(network().eval(), ROWS[:1]), rtol=1e-5)


def rewritten(folder: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> None:
    forget_digests(folder)
    path = folder / "data/model.pt2"
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, **(extra or {})}.items():
            archive.writestr(name, change(name, content))


def in_graph(change: Callable[[Any], None]) -> Callable[[str, bytes], bytes]:
    def apply(name: str, content: bytes) -> bytes:
        if not name.endswith("models/model.json"):
            return content
        graph = json.loads(content)
        change(graph)
        return json.dumps(graph).encode()

    return apply


def call_the_shell(graph: Any) -> None:
    graph["graph_module"]["graph"]["nodes"][0]["target"] = "torch.os.system"


def size_as_code(graph: Any) -> None:
    sizes = graph["graph_module"]["graph"]["tensor_values"]["linear"]["sizes"]
    sizes[0] = {"as_expr": {"expr_str": "Symbol(__import__('os').getcwd())", "hint": None}}


def size_as_text_of_code(graph: Any) -> None:
    sizes = graph["graph_module"]["graph"]["tensor_values"]["linear"]["sizes"]
    sizes[0] = {"as_expr": {"expr_str": "Add('print(1)', 2)", "hint": None}}


def guard_as_code(graph: Any) -> None:
    graph["guards_code"] = ["L['x'].size()[0] >= 2", "open('/tmp/x', 'w')"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (in_graph(call_the_shell), "torch.os.system"),
        (in_graph(size_as_code), "__import__"),
        (in_graph(size_as_text_of_code), "print"),
        (in_graph(guard_as_code), "open"),
        (lambda _, content: content.replace(b'"use_pickle": false', b'"use_pickle": true'), "pickled"),
    ],
)
def test_archives_that_would_run_something_are_refused(
    tmp_path: Path, change: Callable[[str, bytes], bytes], named: str
) -> None:
    models.save_model(network(), tmp_path / "model", input_example=ROWS)
    rewritten(tmp_path / "model", change)

    with pytest.raises(PermissionDenied, match=named):
        models.load_native(tmp_path / "model")


def test_archives_with_members_of_another_kind_are_refused(tmp_path: Path) -> None:
    models.save_model(network(), tmp_path / "model", input_example=ROWS)
    rewritten(tmp_path / "model", lambda _, content: content, {"model/data/aotinductor/model/cpu.so": b"\x7fELF"})

    with pytest.raises(PermissionDenied, match="aotinductor"):
        models.load_native(tmp_path / "model")
