"""MLflow's scoring protocol: what POST /invocations may hold.

Source: MLflow's documentation of its scoring server, and the answers of MLflow 3.18's. JSON holds exactly one of
`dataframe_split`, `dataframe_records`, `inputs` and `instances`, and may hold `params`; CSV has a header; Parquet is
one file. Bodies with `messages`, `prompt` or `input` are meant for language models and go to the model as they are.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from runfold.errors import MissingDependency
from runfold.serving.payload import Payload, Plain, Table, Tensors
from runfold.serving.protocol.casting import cast_column, cast_table, cast_tensor
from runfold.serving.protocol.errors import UnreadableInput, UnsupportedType
from runfold.serving.protocol.matrices import MatrixReader
from runfold.serving.schema import SCALARS, Schema

if TYPE_CHECKING:
    import pandas as pd

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
_FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_LANGUAGE = ("messages", "prompt", "input")
_ONE_OF = "The input must be a JSON object with exactly one of the fields " + ", ".join(f"'{f}'" for f in _FORMATS)


class Scoring(NamedTuple):
    """A request to score.

    Attributes:
        is_bare: the answer goes without the field `predictions` around it, as for language models.
    """

    payload: Payload
    params: dict[str, Any] | None = None
    is_bare: bool = False


class InvocationReader:
    """Reads the bodies of one model.

    Args:
        schema: what the model takes.
        params: names of the parameters that it knows.
    """

    def __init__(self, schema: Schema, params: frozenset[str] = frozenset()) -> None:
        self._schema = schema
        self._params = params
        self._matrices = MatrixReader(schema)

    def read(self, body: bytes, content_type: str) -> Scoring:
        """Read a body.

        Raises:
            UnreadableInput: it does not follow the protocol, or a value does not fit its column, which is named.
            UnsupportedType: the media type is none of JSON, CSV and Parquet, or not in UTF-8.
        """
        match _media_type(content_type):
            case "application/json":
                return self.read_json(body)
            case "text/csv":
                return Scoring(Table(self._read_csv(body)))
            case "application/vnd.apache.parquet":
                return Scoring(Table(_read_parquet(body)))
        raise UnsupportedType(
            f"This model takes {JSON}, {CSV} and {PARQUET}, not {content_type[:100] or 'a body without a type'!r}."
        )

    def read_json(self, body: bytes) -> Scoring:
        if self._matrices.is_useful and (numeric := self._matrices.read(body)):
            return Scoring(numeric.payload, numeric.params)
        document = _decode(body)
        if any(key in document for key in _LANGUAGE):
            return self._language(document)
        found = [name for name in _FORMATS if name in document]
        if len(found) != 1:
            raise UnreadableInput(f"{_ONE_OF}. Found: {_short(list(document))}.")
        params = document.get("params")
        if params is not None and not isinstance(params, dict):
            raise UnreadableInput(f"The field 'params' must be an object, not {type(params).__name__}.")
        return Scoring(self._payload(found[0], document[found[0]]), params)

    def _language(self, document: dict[str, Any]) -> Scoring:
        params = {key: value for key, value in document.items() if key in self._params}
        data = {key: value for key, value in document.items() if key not in self._params}
        return Scoring(Plain(data), params or None, is_bare=True)

    def _payload(self, kind: str, data: Any) -> Payload:
        if kind == "dataframe_split":
            return Table(cast_table(_split_table(data), self._schema))
        if kind == "dataframe_records":
            return Table(cast_table(_records_table(data), self._schema))
        if kind == "instances" and isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
            data = _columns_of(data)
        return self._values(data)

    def _values(self, data: Any) -> Payload:
        """What `inputs` holds, or `instances` brought to columns."""
        schema = self._schema
        if schema.tensors:
            return self._tensors(data)
        if schema.columns:
            return self._columns(data)
        if isinstance(data, dict):
            return Tensors({str(name): _array(values) for name, values in data.items()})
        if isinstance(data, list) and not any(isinstance(item, dict) for item in data):
            return Tensors(_array(data))
        return Plain(data)

    def _tensors(self, data: Any) -> Tensors:
        tensors = self._schema.tensors
        if not self._schema.is_named:
            if isinstance(data, dict):
                raise UnreadableInput("This model takes one tensor without a name; send it as an array.")
            return Tensors(cast_tensor(data, tensors[0]))
        if not isinstance(data, dict):
            if len(tensors) > 1:
                raise UnreadableInput(f"This model takes tensors by name: {_short(list(self._schema.names))}.")
            data = {tensors[0].name: data}
        missing = [tensor.name for tensor in tensors if tensor.name not in data]
        if missing:
            raise UnreadableInput(f"Tensor '{missing[0]}' is missing; found {_short(list(data))}.")
        return Tensors({tensor.name: cast_tensor(data[tensor.name], tensor) for tensor in tensors})

    def _columns(self, data: Any) -> Payload:
        """Columns by name, a matrix in the order of the columns, or a single column."""
        import pandas as pd

        names = self._schema.names
        if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
            return Table(cast_table(_records_table(data), self._schema))
        if isinstance(data, dict):
            if not any(isinstance(value, list) for value in data.values()):
                data = {name: [value] for name, value in data.items()}
            return Table(cast_table(_table(data), self._schema))
        if not isinstance(data, list):
            data = [data]
        is_flat = not any(isinstance(item, list) for item in data)
        if len(names) == 1 and is_flat and (kind := self._schema.columns[0].type) in SCALARS:
            return Table(pd.DataFrame({names[0]: cast_column(_series(data), str(names[0]), kind)}))
        if len(names) == 1 and self._schema.columns[0].type not in SCALARS:
            return Table(pd.DataFrame({names[0]: _series(data)}))
        frame = _table([data] if is_flat else data)
        if len(frame.columns) != len(names):
            raise UnreadableInput(f"Expected {len(names)} columns ({_short(names)}), found {len(frame.columns)}.")
        frame.columns = list(names)
        return Table(cast_table(frame, self._schema))

    def _read_csv(self, body: bytes) -> pd.DataFrame:
        import pandas as pd

        # Types that pandas should not guess: text such as "007" is no number.
        texts = {name: object for name, kind in self._schema.types.items() if kind in ("string", "binary")}
        try:
            frame = pd.read_csv(BytesIO(body), dtype=texts, encoding="utf-8", on_bad_lines="error")
        except (ValueError, UnicodeDecodeError) as error:  # every fault of pandas' parser is a ValueError
            raise UnreadableInput(f"The body is not a CSV table with a header: {error}.") from None
        return cast_table(frame, self._schema)


def _media_type(content_type: str) -> str:
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    for parameter in filter(None, parameters):
        name, _, value = parameter.partition("=")
        if name.strip().lower() != "charset":
            raise UnsupportedType(f"The media type has the parameter {name[:40]!r}, which has no meaning here.")
        if value.strip(' "').lower() != "utf-8":
            raise UnsupportedType("Bodies must be in UTF-8.")
    return kind.lower()


def _decode(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        document = _decode_leniently(body)
    except RecursionError:
        raise UnreadableInput("The body is nested too deeply.") from None
    if not isinstance(document, dict):
        what = "an array" if isinstance(document, list) else f"a {type(document).__name__}"
        raise UnreadableInput(f"{_ONE_OF}. Received {what}.")
    return document


def _decode_leniently(body: bytes) -> Any:
    """The standard library's parser takes bare NaN and Infinity, which clients in Python send."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise UnreadableInput(f"The body is not valid JSON in UTF-8: {error}.") from None
    except RecursionError:
        raise UnreadableInput("The body is nested too deeply.") from None


def _split_table(data: Any) -> pd.DataFrame:
    if not isinstance(data, dict):
        raise UnreadableInput(f"The field 'dataframe_split' must be an object, not {type(data).__name__}.")
    if "data" not in data or set(data) - {"columns", "data", "index"}:
        raise UnreadableInput(
            "The field 'dataframe_split' must hold 'data' and may hold 'columns' and 'index'. "
            f"Found: {_short(list(data))}."
        )
    return _table(data["data"], columns=data.get("columns"), index=data.get("index"))


def _records_table(data: Any) -> pd.DataFrame:
    if not isinstance(data, list):
        raise UnreadableInput(f"The field 'dataframe_records' must be an array of objects, not {type(data).__name__}.")
    return _table(data)


def _table(data: Any, columns: Any = None, index: Any = None) -> pd.DataFrame:
    import pandas as pd

    if isinstance(data, list) and len({len(row) if isinstance(row, list) else -1 for row in data}) > 1:
        raise UnreadableInput("The rows do not make a table: they have different lengths.")
    try:
        frame = pd.DataFrame(data, columns=columns, index=index)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise UnreadableInput(f"The rows do not make a table: {error}.") from None
    if not frame.columns.is_unique:
        raise UnreadableInput(f"Column '{frame.columns[frame.columns.duplicated()][0]}' is there twice.")
    return frame


def _series(data: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(data, dtype=object if any(isinstance(item, list | dict) for item in data) else None)


def _columns_of(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            columns.setdefault(name, []).append(value)
    if len({len(values) for values in columns.values()}) > 1:
        short = min(columns, key=lambda name: len(columns[name]))
        raise UnreadableInput(f"Column '{short}' is missing in some of the instances.")
    return columns


def _array(data: Any) -> np.ndarray[Any, Any]:
    try:
        return np.array(data)
    except ValueError as error:
        raise UnreadableInput(f"The values do not make an array: {error}.") from None


def _read_parquet(body: bytes) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(BytesIO(body))
    except ImportError:
        raise MissingDependency("pyarrow", needed_for="Reading Parquet", extra="parquet") from None
    except (ValueError, OSError) as error:
        raise UnreadableInput(f"The body is not a Parquet file: {error}.") from None


def _short(names: Any) -> str:
    shown = [str(name)[:40] for name in list(names)[:8]]
    return ", ".join(f"'{name}'" for name in shown) + (", ..." if len(names) > len(shown) else "") if shown else "none"
