"""The session of Spark that models are loaded in."""

from __future__ import annotations

import os
import sys
from typing import Any

from runfold.errors import MissingDependency, Unavailable


def active_or_local() -> Any:
    """The session that runs, or a new one on this machine alone.

    Raises:
        MissingDependency: pyspark is not installed.
        Unavailable: Spark cannot be started; mostly since Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingDependency("pyspark", needed_for="Models of Spark", extra="spark") from error
    session = SparkSession.getActiveSession()
    if session is not None:
        return session
    # Spark would take whichever Python comes first in the path, which may lack what this one has.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local[*]").appName("runfold")
    settings = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise Unavailable(f"Spark could not be started (it needs Java 17 or newer): {str(error)[:300]}") from error
