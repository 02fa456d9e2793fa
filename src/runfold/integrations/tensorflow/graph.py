"""What a SavedModel would do beyond reckoning, found in its graph before it is loaded.

A graph is a program: some of its operations read and write files of this machine, or call into Python. Models have no
use for them. Left alone are those by which every SavedModel restores its variables, which only its saver runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, PermissionDenied

_FILE = "saved_model.pb"
_REACHING_OUT = frozenset(
    {
        "ReadFile", "WriteFile", "MatchingFiles", "WholeFileReader", "WholeFileReaderV2", "TextLineReader",
        "TextLineReaderV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2", "TFRecordReader",
        "TFRecordReaderV2", "LMDBReader", "ImmutableConst", "TextLineDataset", "TextLineDatasetV2",
        "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2", "TFRecordDataset", "TFRecordDatasetV2", "SqlDataset",
        "SaveDataset", "SaveDatasetV2", "LoadDataset", "SnapshotDataset", "SnapshotDatasetV2", "PyFunc",
        "PyFuncStateless", "EagerPyFunc", "RemoteCall", "DebugIdentityV2", "WriteSummary", "CreateSummaryFileWriter",
    }
)  # fmt: skip


def check_graph(folder: Path) -> None:
    """
    Raises:
        PermissionDenied: an operation reaches out of the graph; the message names it.
        InvalidValue: the folder holds no SavedModel.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    model = SavedModel()
    try:
        model.ParseFromString((folder / _FILE).read_bytes())
    except (OSError, DecodeError, RuntimeError) as error:
        raise InvalidValue(f"{folder.name}/{_FILE} is no graph of TensorFlow, or is damaged: {error}") from None
    if not model.meta_graphs:
        raise InvalidValue(f"{folder.name}/{_FILE} is damaged: it holds no graph.")
    for node in _nodes(model):
        if node.op in _REACHING_OUT or (node.op == "PrintV2" and b"std" not in node.attr["output_stream"].s):
            raise PermissionDenied(
                f"The SavedModel {folder.name!r} holds the operation {node.op} ({node.name!r}), which reads or writes "
                "files of this machine or runs code. If you trust where it comes from, load it with allow_pickle=True."
            )


def _nodes(model: Any) -> Iterator[Any]:
    for one in model.meta_graphs:
        yield from one.graph_def.node
        for function in one.graph_def.library.function:
            yield from function.node_def
