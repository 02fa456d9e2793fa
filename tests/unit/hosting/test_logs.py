from __future__ import annotations

import json
import logging
import sys

import pytest

from runfold.errors import InvalidValue
from runfold.hosting.logs import JsonLines, TextLines, configure


def record(message: str = "text %s", **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("runfold.server", logging.INFO, "file.py", 1, message, ("ü\n",), None)
    made.__dict__.update(extra)
    return made


def test_a_line_for_machines_is_one_json_object_with_the_time_in_utc() -> None:
    line = JsonLines().format(record(request_id="abc", call="runs/get"))
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "info",
        "logger": "runfold.server",
        "message": "text ü\n",
        "request_id": "abc",
        "call": "runs/get",
    }


def test_a_trace_is_kept_inside_the_line() -> None:
    try:
        raise ValueError("reason")
    except ValueError:
        made = record(exc_info=sys.exc_info())
    assert "ValueError: reason" in json.loads(JsonLines().format(made))["exception"]


def test_a_line_for_people_ends_with_the_id_of_the_request() -> None:
    line = TextLines().format(record("done %r", request_id="abc"))
    assert line.endswith("INFO    done 'ü\\n' [abc]")


@pytest.mark.parametrize(("log_format", "level"), [("xml", "info"), ("text", "loud")])
def test_settings_that_make_no_sense_are_refused(log_format: str, level: str) -> None:
    with pytest.raises(InvalidValue, match="it can be"):
        configure(log_format, level)
