"""Samples are kept in a file as they come, so that a run that is cut short keeps what it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Sample:
    """What one system did once with one piece of work."""

    work: str
    case: str
    system: str
    values: Mapping[str, float]


class Journal:
    """Lines of JSON: a work begins, gives samples, ends. Beginning a work again replaces its samples."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._samples: dict[str, list[Sample]] = {}
        self._finished: set[str] = set()
        if path.exists():
            for line in path.read_text().splitlines():
                self._apply(json.loads(line))

    @property
    def works(self) -> list[str]:
        return list(self._samples)

    def samples(self, work: str) -> list[Sample]:
        return list(self._samples.get(work, ()))

    def is_finished(self, work: str) -> bool:
        return work in self._finished

    def begin(self, work: str) -> None:
        self._write({"event": "begin", "work": work})

    def end(self, work: str) -> None:
        self._write({"event": "end", "work": work})

    def add(self, work: str, case: str, system: str, **values: float) -> None:
        self._write({"event": "sample", "work": work, "case": case, "system": system, "values": values})

    def _write(self, entry: dict[str, object]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
        self._apply(entry)

    def _apply(self, entry: dict[str, object]) -> None:
        work = str(entry["work"])
        match entry:
            case {"event": "begin"}:
                self._samples[work] = []
                self._finished.discard(work)
            case {"event": "end"}:
                self._finished.add(work)
            case {"event": "sample", "case": str(case), "system": str(system), "values": dict(values)}:
                self._samples.setdefault(work, []).append(Sample(work, case, system, values))


def medians(samples: list[Sample]) -> dict[tuple[str, str, str], float]:
    """The median of every quantity, by (case, system, quantity), in the order of their first samples."""
    gathered: dict[tuple[str, str, str], list[float]] = {}
    for sample in samples:
        for quantity, value in sample.values.items():
            gathered.setdefault((sample.case, sample.system, quantity), []).append(value)
    return {key: median(values) for key, values in gathered.items()}
