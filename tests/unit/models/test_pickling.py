"""Reading pickles of other releases of their packages."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np

from runfold.models.flavor import LoadOptions
from runfold.models.pickling import load_pickle


def test_arrays_pickled_by_numpy_1_are_read_without_a_warning(tmp_path: Path) -> None:
    written = pickle.dumps({"weights": np.arange(3.0)}, protocol=2)
    assert b"cnumpy._core.multiarray\n" in written
    (tmp_path / "model.pkl").write_bytes(written.replace(b"cnumpy._core", b"cnumpy.core"))

    read = load_pickle(tmp_path / "model.pkl", LoadOptions(allow_pickle=True))

    assert read["weights"].tolist() == [0.0, 1.0, 2.0]
