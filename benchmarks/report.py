"""The journal as a page to read and a document to compute with."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.budgets import Budget, verdicts
from benchmarks.journal import Journal, medians
from benchmarks.machine import Machine
from benchmarks.quantities import QUANTITIES

_SILENT = {"failed", "answer", "given_up", "other_cores"}  # told in notes, not as rows of their own
_OURS = "runfold"


def write_report(
    journal: Journal,
    machine: Machine,
    versions: dict[str, str],
    date: str,
    path: Path,
    *,
    rounds: str = "rounds in which the systems took turns",
    note: str = "",
) -> None:
    """Write `<path>.md` and `<path>.json`.

    Args:
        rounds: what the medians are taken over.
        note: what a reader should know of this run, such as what else the machine did.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".md").write_text(_page(journal, machine, versions, date, rounds, note))
    path.with_suffix(".json").write_text(json.dumps(_document(journal, machine, versions, date, note), indent=1) + "\n")


def _page(journal: Journal, machine: Machine, versions: dict[str, str], date: str, rounds: str, note: str) -> str:
    systems = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines = [
        f"# Benchmarks of {date}",
        "",
        f"{systems}; {machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.system}, "
        f"Python {machine.python}; load average {machine.load_average} when the run began.",
        "",
        f"Medians over {rounds}. In brackets: how many times better Runfold is "
        "(below 1: worse). How it is measured and how to read it: docs/explanation/benchmarks.md.",
        "",
        *([note, ""] if note else []),
        *_budget_table(journal),
    ]
    for work in journal.works:
        unfinished = "" if journal.is_finished(work) else " (cut short)"
        lines += [f"## {work}{unfinished}", "", *_work_table(journal, work)]
    return "\n".join(lines)


def _budget_table(journal: Journal) -> list[str]:
    rows = [
        f"| {verdict.budget.work}{_case(verdict.budget)} | {_bound(verdict.budget)} | "
        f"{_number(verdict.measured)}{'x' * _is_ratio(verdict.budget)} | {'met' if verdict.is_met else '**missed**'} |"
        for verdict in verdicts(journal)
    ]
    return ["## Budgets", "", "| work | budget | measured (worst case) | |", "| --- | --- | --- | --- |", *rows, ""]


def _case(budget: Budget) -> str:
    return f", {budget.case}" if budget.case else ""


def _is_ratio(budget: Budget) -> bool:
    return bool(budget.against or budget.against_case)


def _bound(budget: Budget) -> str:
    label = QUANTITIES[budget.quantity].label
    sign, bound = ("≥", budget.at_least) if budget.at_least is not None else ("≤", budget.at_most)
    assert bound is not None
    yardstick = budget.against or budget.against_case
    return f"{label} {sign} {_number(bound)}" + (f"x {yardstick}" if yardstick else "")


def _work_table(journal: Journal, work: str) -> list[str]:
    found = medians(journal.samples(work))
    systems = list(dict.fromkeys(system for _, system, _ in found))
    systems.sort(key=lambda system: system != _OURS)
    rows = []
    for case, quantity in dict.fromkeys((case, quantity) for case, _, quantity in found):
        if quantity not in _SILENT:
            ours = found.get((case, _OURS, quantity))
            cells = [_cell(found, case, system, quantity, ours) for system in systems]
            rows.append(f"| {case} | {QUANTITIES[quantity].label} | {' | '.join(cells)} |")
    notes = _notes(found)
    head = ["| case | | " + " | ".join(systems) + " |", "| --- " * (len(systems) + 2) + "|"]
    return [*head, *rows, "", *notes, *([""] if notes else [])]


def _notes(found: dict[tuple[str, str, str], float]) -> list[str]:
    """What a reader must know to judge the numbers of one table."""
    notes = []
    answers: dict[str, dict[str, float]] = {}
    for (case, system, quantity), value in found.items():
        if quantity == "failed" and value:
            notes.append(f"- {system} failed {value:.0f} requests in the median round of {case!r}.")
        if quantity == "answer":
            answers.setdefault(case, {})[system] = value
    for case, by_system in answers.items():
        if len(set(by_system.values())) > 1:
            notes.append(f"- **The systems do not give the same answer to {case!r}.**")
    busy = [value for (_, _, quantity), value in found.items() if quantity == "other_cores"]
    if busy:
        notes.append(f"- Other work, the load client included, kept {min(busy):.1f} to {max(busy):.1f} cores busy.")
    return notes


def _cell(found: dict[tuple[str, str, str], float], case: str, system: str, quantity: str, ours: float | None) -> str:
    value = found.get((case, system, quantity))
    if value is None:
        return ""
    text = _number(value)
    if quantity == "p50_ms" and (case, system, "given_up") in found:
        text = f"over {text}"
    if system == _OURS or not ours or not value:
        return text
    ratio = value / ours if QUANTITIES[quantity].is_better_when_lower else ours / value
    return f"{text} ({_number(ratio)})"


def _number(value: float) -> str:
    """Three significant digits, thousands with commas."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _document(journal: Journal, machine: Machine, versions: dict[str, str], date: str, note: str) -> dict[str, object]:
    works: dict[str, list[dict[str, object]]] = {}
    for work in journal.works:
        gathered: dict[tuple[str, str], list[dict[str, float]]] = {}
        for sample in journal.samples(work):
            rounded = {n: float(f"{v:.5g}") for n, v in sample.values.items() if n != "answer"}
            gathered.setdefault((sample.case, sample.system), []).append(rounded)
        works[work] = [{"case": c, "system": s, "rounds": rounds} for (c, s), rounds in gathered.items()]
    return {
        "date": date,
        "note": note,
        "machine": asdict(machine),
        "versions": versions,
        "budgets": [
            {**asdict(v.budget), "measured": float(f"{v.measured:.5g}"), "is_met": v.is_met} for v in verdicts(journal)
        ],
        "works": works,
    }
