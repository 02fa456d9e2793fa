from __future__ import annotations

import re
from pathlib import Path

from runfold.hosting.meter import Meter

LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+$')


def test_every_line_is_in_prometheus_text_form() -> None:
    meter = Meter()
    meter.add("mlflow:runs/create", 200, 0.003)
    meter.add("mlflow:runs/create", 429, 0.5)
    lines = meter.write({"runfold_writes_waiting": ("Writes in the queue.", 3)}).decode().splitlines()
    assert all(line.startswith(("# HELP ", "# TYPE ")) or LINE.match(line) for line in lines)


def test_requests_and_durations_are_counted_by_call() -> None:
    meter = Meter()
    for seconds in (0.0005, 0.003, 0.003, 100.0):
        meter.add("x", 200, seconds)
    text = re.sub(r',?process="\d+"', "", meter.write({}).decode())
    assert 'runfold_requests_total{call="x",status="200"} 4' in text
    assert 'runfold_request_seconds_bucket{call="x",le="0.001"} 1' in text
    assert 'runfold_request_seconds_bucket{call="x",le="0.005"} 3' in text
    assert 'runfold_request_seconds_bucket{call="x",le="30.0"} 3' in text
    assert 'runfold_request_seconds_bucket{call="x",le="+Inf"} 4' in text
    assert 'runfold_request_seconds_count{call="x"} 4' in text


def test_the_process_measures_itself() -> None:
    text = Meter().write({}).decode()
    memory = re.search(r"runfold_memory_bytes\{[^}]*\} ([0-9.e+]+)", text)
    assert memory is not None
    assert float(memory[1]) > 2**20


def test_processes_with_one_folder_answer_for_each_other(tmp_path: Path) -> None:
    first, second = Meter(tmp_path), Meter(tmp_path)
    first.add("x", 200, 0.002)
    second.add("x", 200, 0.002)
    second.n_open += 1
    second.count("runfold_rows_total", 3)
    text = first.write_kept({"runfold_rows_total": "Rows."}).decode()
    assert 'runfold_requests_total{call="x",status="200"} 2' in text
    assert 'runfold_request_seconds_bucket{call="x",le="0.0025"} 2' in text
    assert "runfold_open_requests 1" in text
    assert "runfold_rows_total 3" in text
    assert "process=" not in text
