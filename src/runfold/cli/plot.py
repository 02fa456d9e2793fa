"""Line plots made of Braille characters: each cell holds 2 x 4 dots.

The dots of a cell are bits of its code point (Unicode standard, "Braille Patterns", U+2800).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import click

from runfold.cli.formats import number

_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
COLOURS = ("cyan", "yellow", "magenta", "green", "red", "blue", "white")


class Line(NamedTuple):
    """One curve; x ascends, and a y of None (NaN, infinity) breaks it."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float | None]


class _Scale(NamedTuple):
    low: float
    high: float
    n: int

    def __call__(self, value: float) -> int:
        return round((value - self.low) / (self.high - self.low) * (self.n - 1))


def plot(lines: Sequence[Line], *, width: int, height: int, log_y: bool = False) -> list[str]:
    """Draw curves into `height` lines of at most `width` cells, followed by the x axis and a legend.

    Args:
        log_y: a logarithmic y axis; values that are not positive are left out.

    Returns:
        Lines with colours as terminal codes; one sentence when there is no finite point.
    """
    curves = [_prepared(line, log_y=log_y) for line in lines]
    points = [(x, y) for curve in curves for x, y in zip(curve.xs, curve.ys, strict=True) if y is not None]
    if not points:
        return ["No finite value to draw."]
    low, high = _range([y for _, y in points])
    labels = [_label(value, high - low, log_y=log_y) for value in (high, (low + high) / 2, low)]
    margin = max(map(len, labels)) + 1
    columns = max(width - margin - 1, 2)
    across = _Scale(*_range([x for x, _ in points]), columns * 2)
    down = _Scale(low, high, height * 4)
    owners: list[list[tuple[int, int]]] = [[(0, 0)] * columns for _ in range(height)]
    for i, curve in enumerate(curves):
        _draw(curve, across, down, owners, colour=i)
    rows = _rows(owners, dict(zip((0, height // 2, height - 1), labels, strict=True)), margin)
    left, right = number(min(x for x, _ in points)), number(max(x for x, _ in points))
    axis = " " * (margin + 1) + left + right.rjust(max(columns - len(left), len(right) + 1))
    return [*rows, axis, *_legend(lines)]


def _prepared(line: Line, *, log_y: bool) -> Line:
    def usable(y: float | None) -> float | None:
        if y is None or not math.isfinite(y):
            return None
        if log_y:
            return math.log10(y) if y > 0 else None
        return y

    return Line(line.label, line.xs, [usable(y) for y in line.ys])


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if low == high:
        half = abs(low) / 2 or 0.5
        return low - half, high + half
    return low, high


def _label(value: float, span: float, *, log_y: bool) -> str:
    if log_y:
        return f"{10**value:.4g}"
    decimals = 3 - math.floor(math.log10(span))
    return f"{round(value, decimals) + 0.0:.6g}"


def _draw(line: Line, across: _Scale, down: _Scale, owners: list[list[tuple[int, int]]], *, colour: int) -> None:
    before: tuple[int, int] | None = None
    for x, y in zip(line.xs, line.ys, strict=True):
        if y is None:
            before = None
            continue
        here = across(x), down.n - 1 - down(y)
        for column, row in _between(before or here, here):
            dots, _ = owners[row // 4][column // 2]
            owners[row // 4][column // 2] = (dots | _DOTS[row % 4][column % 2], colour)
        before = here


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots of a straight line, both ends included."""
    n = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    if n == 0:
        return [end]
    return [
        (start[0] + round((end[0] - start[0]) * i / n), start[1] + round((end[1] - start[1]) * i / n))
        for i in range(n + 1)
    ]


def _rows(owners: list[list[tuple[int, int]]], labels: dict[int, str], margin: int) -> list[str]:
    return [
        labels.get(i, "").rjust(margin - 1) + (" ┤" if i in labels else " │") + _coloured(cells)
        for i, cells in enumerate(owners)
    ]


def _coloured(cells: list[tuple[int, int]]) -> str:
    text = ""
    for colour, group in itertools.groupby(cells, key=lambda cell: cell[1] if cell[0] else None):
        if colour is None:
            text += " " * len(list(group))
        else:
            dots = "".join(chr(_BLANK + dots) for dots, _ in group)
            text += click.style(dots, fg=COLOURS[colour % len(COLOURS)])
    return text


def _legend(lines: Sequence[Line]) -> list[str]:
    return [f"{click.style('──', fg=COLOURS[i % len(COLOURS)])} {line.label}" for i, line in enumerate(lines)]
