"""Datasets: what a run read or made, named by its content.

import runfold.data
runfold.log_input(runfold.data.from_pandas(frame, source="s3://bucket/points.parquet", name="points"))
"""

from __future__ import annotations

from runfold.data.describe import from_file, from_numpy, from_pandas, from_polars, from_rows

__all__ = ["from_file", "from_numpy", "from_pandas", "from_polars", "from_rows"]
