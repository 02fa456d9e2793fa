from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from runfold.models.saving import save_model


def save_line(folder: Path, *, slope: float) -> Path:
    """A model that multiplies its column `x`."""
    rows = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    save_model(LinearRegression().fit(rows, rows["x"] * slope), folder, input_example=rows)
    return folder


@pytest.fixture(scope="session")
def doubling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_line(tmp_path_factory.mktemp("models") / "doubling", slope=2.0)


@pytest.fixture(scope="session")
def tripling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_line(tmp_path_factory.mktemp("models") / "tripling", slope=3.0)
