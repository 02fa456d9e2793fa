"""MLflow 2.22 loads the pickles that are saved here, and what it saves is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from runfold import models

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)

LOAD = """
import numpy as np, torch, mlflow.pytorch
rows = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
answers = [mlflow.pyfunc.load_model(sys.argv[1]).predict(rows).tolist()]
answers.append(mlflow.pytorch.load_model(sys.argv[1])(torch.from_numpy(rows)).tolist())
print(json.dumps(answers))
"""
SAVE = """
import numpy as np, torch, mlflow.pytorch
torch.manual_seed(7)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).eval()
rows = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
mlflow.pytorch.save_model(model, sys.argv[1], pip_requirements=["torch"], input_example=rows)
print(json.dumps(model(torch.from_numpy(rows)).tolist()))
"""


def test_mlflow_calls_what_is_saved_here(tmp_path: Path, mlflow_2: Callable[..., Any]) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU()).eval()
    models.save_model(model, tmp_path / "model", serialization_format="pickle", input_example=ROWS)

    for answer in mlflow_2(LOAD, tmp_path / "model"):
        np.testing.assert_allclose(answer, model(torch.from_numpy(ROWS)).detach(), rtol=1e-5)


def test_what_mlflow_saved_is_called_here(tmp_path: Path, mlflow_2: Callable[..., Any]) -> None:
    expected = mlflow_2(SAVE, tmp_path / "model")

    loaded = models.load_model(tmp_path / "model", allow_pickle=True)

    np.testing.assert_allclose(loaded.predict(ROWS), expected, rtol=1e-5)
