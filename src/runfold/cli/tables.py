"""Tables that fit the terminal.

On a terminal, the widest columns give way first, long cells lose their middle (both ends of a name or id tell
it apart), and columns that still do not fit are named below the table. Anywhere else a table is whole:
columns are separated by tabs, the first line holds their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP = 2
NARROWEST = 6


class Column(NamedTuple):
    """A column of a table; numbers stand on the right."""

    title: str
    is_number: bool = False


def tab_separated(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["\t".join(column.title for column in columns), *("\t".join(row) for row in rows)]


def cell_len(text: str) -> int:
    """Cells that a text takes in a terminal: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len as measured

    return measured(text)


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table at most `width` cells wide: a head, the rows, perhaps a note on what is left out."""
    natural = [
        max(cell_len(column.title), *(cell_len(row[i]) for row in rows), 1) if rows else cell_len(column.title)
        for i, column in enumerate(columns)
    ]
    shown = _that_fit(natural, width)
    widths = shrink(natural[:shown], width - GAP * (shown - 1))
    table = [[column.title for column in columns], *rows]
    lines = [
        (" " * GAP).join(_cell(row[i], widths[i], to_the_right=columns[i].is_number) for i in range(shown)).rstrip()
        for row in table
    ]
    if shown < len(columns):
        lines.append(f"({len(columns) - shown} columns do not fit: {', '.join(c.title for c in columns[shown:])})")
    return lines


def _that_fit(natural: Sequence[int], width: int) -> int:
    """How many columns fit when each is as narrow as allowed; at least one."""
    used = 0
    for i, wanted in enumerate(natural):
        used += min(wanted, NARROWEST) + (GAP if i else 0)
        if used > width:
            return max(i, 1)
    return len(natural)


def shrink(natural: Sequence[int], available: int) -> list[int]:
    """Widths whose sum is at most `available`: the widest are cut to a common width, the narrow ones stay."""
    if sum(natural) <= available:
        return list(natural)
    left, remaining = available, len(natural)
    for wanted in sorted(natural):
        share = left // remaining
        if wanted > share:
            return [min(w, max(share, 1)) for w in natural]
        left -= wanted
        remaining -= 1
    return list(natural)


def middle_cut(text: str, width: int) -> str:
    """`text` in at most `width` cells, an ellipsis in place of its middle if need be."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    head = width // 2
    tail = width - 1 - head
    return _cut(text, head) + "…" + _cut(text[::-1], tail)[::-1]


def _cut(text: str, width: int) -> str:
    taken = 0
    for i, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return text[:i]
    return text


def _cell(text: str, width: int, *, to_the_right: bool) -> str:
    cut = middle_cut(text, width)
    padding = " " * (width - cell_len(cut))
    return padding + cut if to_the_right else cut + padding
