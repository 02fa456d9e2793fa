"""Folders of H2O and Spark that are damaged, of another version or hostile: said before Java is started for them."""

from __future__ import annotations

from pathlib import Path

import h2o
import pytest
from pyspark.sql import SparkSession

from runfold import models
from runfold.errors import InvalidValue, PermissionDenied, RunfoldError

VERSION = h2o.__version__.encode()


def header(version: bytes) -> bytes:
    return b"\x1c\xed" + bytes([len(version) + 1]) + version


def folder_of(path: Path, flavour: str, conf: str, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    text = f"flavors:\n  python_function:\n    loader_module: mlflow.{flavour}\n  {flavour}:\n{conf}"
    (path / "MLmodel").write_text(text)
    return path


def is_connected() -> bool:
    connection = h2o.connection()
    return connection is not None and connection.connected


@pytest.mark.parametrize(
    ("content", "settings", "named"),
    [
        (b"", "model_file: m", "no model of H2O"),
        (b"PK\x03\x04 a MOJO", "model_file: m", "no model of H2O"),
        (b"\x80\x04\x95 a pickle", "model_file: m", "no model of H2O"),
        (header(VERSION)[:4], "model_file: other", "'other'"),
        (b"\x1c\xed", "model_file: m", "no model of H2O"),
        (b"\x1c\xed\x00", "model_file: m", "no model of H2O"),
        (header(b"3.10.0.3") + b"\x00" * 99, "model_file: m", r"3\.10\.0\.3.*Install h2o==3\.10\.0\.3"),
        (header(b"9.0.0.1") + b"\x00" * 99, "model_file: m", r"9\.0\.0\.1"),
        (header(VERSION), "model_file: ../../outside", "outside"),
        (header(VERSION), "- a list", "no settings"),
        (header(VERSION), "model_file: [", "cannot be read"),
        (header(VERSION), "!!python/object/apply:os.system [id]", "cannot be read"),
        (header(VERSION), "init: {}", "which file"),
    ],
)
def test_a_folder_of_h2o_says_what_is_wrong_without_a_server(
    tmp_path: Path, content: bytes, settings: str, named: str
) -> None:
    files = {"model.h2o/m": content, "model.h2o/h2o.yaml": settings.encode()}
    folder = folder_of(tmp_path / "model", "h2o", "    data: model.h2o\n", files)

    for load in (models.load_model, models.load_native):
        with pytest.raises(InvalidValue, match=named):
            load(folder, allow_pickle=True)
    assert not is_connected()


@pytest.mark.parametrize(
    "asked",
    ["jvm_custom_args: ['-XX:OnError=id']", "extra_classpath: [/tmp/evil.jar]", "url: 'http://elsewhere:54321'", "a"],
)
def test_a_folder_does_not_say_how_java_is_started(tmp_path: Path, asked: str) -> None:
    settings = f"model_file: m\ninit:\n  {asked}\n".encode()
    files = {"model.h2o/m": header(VERSION), "model.h2o/h2o.yaml": settings}
    folder = folder_of(tmp_path / "model", "h2o", "    data: model.h2o\n", files)

    with pytest.raises(PermissionDenied, match=f"H2O with {asked.partition(':')[0]}"):
        models.load_model(folder)
    assert not is_connected()


@pytest.mark.parametrize(
    ("metadata", "error", "named"),
    [
        (b'{"class": "os.system"}', PermissionDenied, r"os\.system"),
        (b'{"class": "org.apache.sparkish.Evil"}', PermissionDenied, "sparkish"),
        (b'{"class": "org.apache.spark.mlx.Evil"}', PermissionDenied, "mlx"),
        (b'{"class": "javax.script.ScriptEngineManager"}', PermissionDenied, "javax"),
        (b'{"class": 7}', PermissionDenied, "7"),
        (b'{"uid": "no class"}', InvalidValue, "damaged"),
        (b'["a list"]', InvalidValue, "damaged"),
        (b"{", InvalidValue, "damaged"),
        (b"", InvalidValue, "damaged"),
        (b"\xff\xfe", InvalidValue, "damaged"),
        (None, InvalidValue, "no model of Spark"),
    ],
)
def test_a_folder_of_spark_says_what_is_wrong_without_a_session(
    tmp_path: Path, metadata: bytes | None, error: type[RunfoldError], named: str
) -> None:
    name = "sparkml/stages/0_x/metadata/part-00000" if metadata is not None else "sparkml/empty"
    folder = folder_of(tmp_path / "model", "spark", "    model_data: sparkml\n", {name: metadata or b""})
    before = SparkSession.getActiveSession()

    for load in (models.load_model, models.load_native):
        with pytest.raises(error, match=named):
            load(folder)
    assert SparkSession.getActiveSession() is before
