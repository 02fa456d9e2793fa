"""Files of runs: uploads, lists, downloads, deletes."""

from __future__ import annotations

import os
from pathlib import Path

import mlflow
from ours import CLIENT, FOLDER, fresh, new_run

ODD_NAMES = ["two words.txt", "größe-数据.txt", "100%.txt", "a+b&c=d.txt", "semi;colon.txt"]


def play_artifacts() -> object:
    mlflow.set_experiment(fresh("artifacts"))
    tree = FOLDER / fresh("tree")
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "top.txt").write_text("top")
    (tree / "sub" / "deep" / "leaf.bin").write_bytes(bytes(range(256)) * 100)
    (tree / "empty.txt").touch()
    big = FOLDER / fresh("big.bin")
    big.write_bytes(os.urandom(12_000_000))
    with mlflow.start_run() as active:
        mlflow.log_text("hello ü", "notes/hello.txt")
        mlflow.log_dict({"a": [1, 2, {"b": None}]}, "config.json")
        mlflow.log_dict({"a": [1, 2]}, "config.yaml")
        mlflow.log_artifacts(str(tree), artifact_path="tree")
        mlflow.log_artifact(str(big), artifact_path="big")
        for name in ODD_NAMES:
            mlflow.log_text(name, f"odd/{name}")
        uri = mlflow.get_artifact_uri("notes/hello.txt")
    run_id = active.info.run_id
    mlflow.start_run(run_id=run_id)
    mlflow.log_text("hello again", "notes/hello.txt")
    mlflow.end_run()

    def listed(path: str | None = None) -> list[list[object]]:
        return [[info.path, info.is_dir, info.file_size] for info in CLIENT.list_artifacts(run_id, path)]

    down = Path(
        mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree", dst_path=str(FOLDER / fresh("d")))
    )
    fetched = CLIENT.download_artifacts(run_id, f"big/{big.name}", str(FOLDER))
    return {
        "root": [entry[:2] for entry in listed()],
        "notes": listed("notes"),
        "tree": listed("tree"),
        "deep": listed("tree/sub/deep"),
        "missing": listed("absent"),
        "of a file": listed("config.json"),
        "odd": sorted(entry[0].removeprefix("odd/") for entry in listed("odd")),
        "odd contents": [mlflow.artifacts.load_text(f"runs:/{run_id}/odd/{name}") for name in ODD_NAMES[:5]],
        "text": mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"),
        "dict": mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json"),
        "by uri": mlflow.artifacts.load_text(uri),
        "downloaded": sorted(str(file.relative_to(down)) for file in down.rglob("*") if file.is_file()),
        "same bytes": (down / "sub/deep/leaf.bin").read_bytes() == (tree / "sub/deep/leaf.bin").read_bytes(),
        "big": Path(fetched).read_bytes() == big.read_bytes(),
        "of absent": _raises(lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/absent.txt")),
    }


def _raises(call: object) -> bool:
    try:
        call()  # type: ignore[operator]
    except Exception:  # which one depends on the client's version
        return True
    return False


def play_multipart_upload() -> object:
    """Clients send files in parts where they are told to; a server that cannot take them has to say so at once."""
    os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
    os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = "1000000"
    os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = "5242880"
    try:
        big = FOLDER / fresh("parts.bin")
        big.write_bytes(os.urandom(11_000_000))
        run_id = new_run()
        CLIENT.log_artifact(run_id, str(big), "parts")
        fetched = CLIENT.download_artifacts(run_id, f"parts/{big.name}", str(FOLDER))
        return [
            [info.file_size for info in CLIENT.list_artifacts(run_id, "parts")],
            Path(fetched).read_bytes() == big.read_bytes(),
        ]
    finally:
        for name in (
            "ENABLE_PROXY_MULTIPART_UPLOAD",
            "MULTIPART_UPLOAD_MINIMUM_FILE_SIZE",
            "MULTIPART_UPLOAD_CHUNK_SIZE",
        ):
            del os.environ[f"MLFLOW_{name}"]


def play_deleting_artifacts() -> object:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    run_id = new_run()
    for name in ("keep.txt", "folder/one.txt", "folder/two.txt"):
        CLIENT.log_text(run_id, name, name)
    repository = get_artifact_repository(CLIENT.get_run(run_id).info.artifact_uri)
    repository.delete_artifacts("folder/one.txt")
    one = [info.path for info in CLIENT.list_artifacts(run_id, "folder")]
    repository.delete_artifacts("folder")
    return [one, [info.path for info in CLIENT.list_artifacts(run_id)]]
