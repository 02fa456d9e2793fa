"""What a file would do if it were loaded, found without loading it.

A pickle is a program. Its opcodes name each class and function it calls (`pickles`); the names are judged here by a
list of what is known to run commands, read files or open connections, and a list of what pickles of models are made
of. Pickles hide in zip archives (PyTorch, skops, npz), in numpy and joblib files and behind compression
(`containers`); all are looked into.

A clean report is no proof of harmlessness, only a dangerous one proves harm: what is neither on one list nor on the
other is `unknown`. A file that cannot be read to its end is dangerous as well, since a pickle runs as it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import BinaryIO

import msgspec

from runfold.mlmodel.containers import Part, pickled_parts
from runfold.mlmodel.globals import Risk, judge
from runfold.mlmodel.pickles import MalformedPickle, names_in_pickle


class Kind(Enum):
    """Why something was noted."""

    DANGEROUS = "dangerous"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


class Finding(msgspec.Struct, frozen=True, order=True):
    """
    Attributes:
        file: the file, with members of archives after `!`.
        name: the global, such as `os.system`; of malformed files the reason.
    """

    file: str
    name: str
    kind: Kind

    def __str__(self) -> str:
        if self.kind is Kind.MALFORMED:
            return f"{self.file} cannot be read to its end: {self.name}"
        return f"{self.file} calls {self.name}"


class Report(msgspec.Struct, frozen=True):
    """
    Attributes:
        findings: without duplicates, in order of file and name.
        holds_pickles: at least one pickle is in the file.
    """

    findings: tuple[Finding, ...]
    holds_pickles: bool

    @property
    def dangerous(self) -> tuple[Finding, ...]:
        """What must not be loaded, whoever asks for it."""
        return tuple(one for one in self.findings if one.kind is not Kind.UNKNOWN)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.kind is Kind.UNKNOWN)


def scan_file(name: str, file: BinaryIO, *, is_pickle: bool = False) -> Report:
    """Look through a file.

    Args:
        name: shown in findings; its ending helps to tell what the file is.
        file: open for reading, and able to seek. It is left open.
        is_pickle: the file is loaded as a pickle, whatever it looks like.
    """
    findings: set[Finding] = set()
    holds_pickles = False
    for part in pickled_parts(name, file, is_pickle=is_pickle):
        holds_pickles = holds_pickles or part.is_pickle
        findings.update(_findings(part))
    return Report(tuple(sorted(findings, key=lambda one: (one.file, one.name))), holds_pickles)


def joined(reports: Iterable[Report]) -> Report:
    """One report of several files."""
    several = list(reports)
    return Report(
        tuple(finding for report in several for finding in report.findings),
        any(report.holds_pickles for report in several),
    )


def _findings(part: Part) -> Iterable[Finding]:
    if part.problem:
        yield Finding(part.file, part.problem, Kind.MALFORMED)
    names = part.names
    if part.stream is not None:
        found: list[tuple[str, str]] = []
        try:
            for one in names_in_pickle(part.stream):
                found.append(one)
        except MalformedPickle as error:
            yield Finding(part.file, str(error), Kind.MALFORMED)
        names = tuple(found)
    for module, name in names:
        match judge(module, name):
            case Risk.DANGEROUS:
                yield Finding(part.file, f"{module}.{name}", Kind.DANGEROUS)
            case Risk.UNKNOWN:
                yield Finding(part.file, f"{module}.{name}", Kind.UNKNOWN)
            case Risk.KNOWN:
                pass
