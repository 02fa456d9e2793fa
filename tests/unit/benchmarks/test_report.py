from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.budgets import verdicts
from benchmarks.journal import Journal, medians
from benchmarks.machine import Machine
from benchmarks.report import write_report

MACHINE = Machine("a processor", 2, 16.0, "Linux 6", "3.11.7", 0.5)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def add_log_batch(journal: Journal, *, ours: float, theirs: float) -> None:
    journal.begin("log-batch")
    for connections, share in (("1 connection", 1.0), ("16 connections", 2.0)):
        journal.add("log-batch", connections, "runfold", points_per_s=ours * share)
        journal.add("log-batch", connections, "mlflow", points_per_s=theirs)
    journal.end("log-batch")


def test_the_journal_is_read_back_as_it_was_written(tmp_path: Path, journal: Journal) -> None:
    add_log_batch(journal, ours=2000, theirs=10)

    again = Journal(tmp_path / "journal.jsonl")

    assert again.samples("log-batch") == journal.samples("log-batch")
    assert again.is_finished("log-batch")


def test_beginning_a_work_again_replaces_its_samples(journal: Journal) -> None:
    add_log_batch(journal, ours=1, theirs=1)
    journal.begin("log-batch")

    assert journal.samples("log-batch") == []
    assert not journal.is_finished("log-batch")


def test_medians_are_taken_by_case_system_and_quantity(journal: Journal) -> None:
    for value in (1.0, 9.0, 3.0):
        journal.add("start", "first", "runfold", cpu_s=value)
    journal.add("start", "second", "runfold", cpu_s=7.0)

    assert medians(journal.samples("start")) == {
        ("first", "runfold", "cpu_s"): 3.0,
        ("second", "runfold", "cpu_s"): 7.0,
    }


@pytest.mark.parametrize(("ours", "is_met"), [(2000, True), (900, False)])
def test_a_ratio_budget_is_judged_by_the_worst_case(journal: Journal, ours: float, is_met: bool) -> None:
    add_log_batch(journal, ours=ours, theirs=10)

    found = [(verdict.measured, verdict.is_met) for verdict in verdicts(journal)]

    assert found == [(ours / 10, is_met)]


def test_a_speedup_in_milliseconds_is_the_peer_divided_by_ours(journal: Journal) -> None:
    work, case = "search in 100,000 runs", "metric and param, ordered by the metric"
    journal.add(work, case, "runfold", p50_ms=10)
    journal.add(work, case, "mlflow, analyzed", p50_ms=400)

    assert [verdict.measured for verdict in verdicts(journal)] == [40]


def test_a_budget_without_its_peer_is_left_out(journal: Journal) -> None:
    journal.add("log-batch", "1 connection", "runfold", points_per_s=1e6)

    assert verdicts(journal) == []


def test_the_page_shows_ratios_and_says_what_is_unfinished(tmp_path: Path, journal: Journal) -> None:
    add_log_batch(journal, ours=2000, theirs=10)
    journal.begin("import")
    journal.add("import", "import runfold", "runfold", wall_ms=42.0)

    write_report(journal, MACHINE, {"runfold": "0.1.0"}, "2026-01-02", tmp_path / "results" / "2026-01-02")

    page = (tmp_path / "results" / "2026-01-02.md").read_text()
    assert "Medians over rounds in which the systems took turns." in page
    assert "| 1 connection | points/s | 2,000 | 10 (200) |" in page
    assert "## import (cut short)" in page
    document = json.loads((tmp_path / "results" / "2026-01-02.json").read_text())
    assert document["works"]["import"] == [
        {"case": "import runfold", "system": "runfold", "rounds": [{"wall_ms": 42.0}]}
    ]


def test_systems_that_answer_differently_are_named(tmp_path: Path, journal: Journal) -> None:
    journal.add("search in 10 runs", "first page", "runfold", p50_ms=1, answer=1)
    journal.add("search in 10 runs", "first page", "mlflow", p50_ms=1, answer=2)

    write_report(journal, MACHINE, {}, "2026-01-02", tmp_path / "report")

    assert "do not give the same answer to 'first page'" in (tmp_path / "report.md").read_text()


def test_a_report_says_what_its_medians_are_taken_over(tmp_path: Path, journal: Journal) -> None:
    write_report(journal, MACHINE, {}, "2026-01-02", tmp_path / "report", rounds="3 looks, one system after the other")

    assert "Medians over 3 looks, one system after the other." in (tmp_path / "report.md").read_text()
