"""The server's log: lines for people, or JSON for machines; both with the id of the request."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import msgspec

from runfold.errors import InvalidValue

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_EXTRAS = ("request_id", "call", "client")


class TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        request_id = getattr(record, "request_id", None)
        if request_id is None:
            return line
        first, separator, rest = line.partition("\n")
        return f"{first} [{request_id}]{separator}{rest}"


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(fields).decode()


def configure(log_format: str, log_level: str) -> None:
    """Send the log of this process to standard error.

    Raises:
        InvalidValue: a format or level that does not exist.
    """
    if log_format not in ("text", "json"):
        raise InvalidValue(f"The setting log_format is {log_format!r}; it can be 'text' or 'json'.")
    if log_level not in _LEVELS:
        raise InvalidValue(f"The setting log_level is {log_level!r}; it can be {', '.join(_LEVELS)}.")
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(JsonLines() if log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(logging.WARNING)
    logging.getLogger("runfold").setLevel(_LEVELS[log_level])
