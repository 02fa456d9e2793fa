"""Where each web interface shows what, and one look at it through Chromium's trace."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

_TRACE = Path(__file__).with_name("trace.mjs")
_PATIENCE_S = 240


@dataclass(frozen=True)
class Pages:
    """How to find things in one web interface.

    Attributes:
        table, charts: addresses below the server's, with the number of an experiment in them.
        row: a CSS selector of what a filled row of the table holds.
        scroller: what scrolls the table.
        drawing: a selector of a drawn chart.
        runs_call, series_call: a part of the address that rows and points are asked for at.
        more: the words of a button that loads further rows, where scrolling alone does not.
    """

    table: str
    charts: str
    row: str
    scroller: str
    drawing: str
    runs_call: str
    series_call: str
    more: str = ""


RUNFOLD = Pages(
    table="/experiments/{experiment}",
    charts="/experiments/{experiment}?tab=charts&n=100",
    row="[role=row] [role=gridcell] a",
    scroller="[role=grid]",
    drawing=".u-over",
    runs_call="runs/search",
    series_call="series/sample",
)
MLFLOW = Pages(
    table="/#/experiments/{experiment}/runs",
    charts="/#/experiments/{experiment}/runs?compareRunsMode=CHART",
    row=".ag-row a",
    scroller=".ag-body-viewport",
    drawing=".js-plotly-plot .scatterlayer path",
    runs_call="runs/search",
    series_call="get-history-bulk",
    more="Load more",
)
AIM = Pages(
    table="/runs",
    charts="",
    row=".Table__container a[href*='/runs/']",
    scroller="div:has(> div > div > .Table__container)",
    drawing="",
    runs_call="runs/search/run",
    series_call="",
)


@dataclass(frozen=True)
class Look:
    """One scenario for trace.mjs; what it prints are the quantities."""

    kind: str
    url: str
    selector: str
    scroller: str = ""
    request: str = ""
    more: str = ""
    pages: int = 0
    patienceMs: int = 90_000


def look(scenario: Look) -> dict[str, float]:
    """What the trace says, by quantity; empty when the page did not get there in time."""
    command = ["node", str(_TRACE), json.dumps(asdict(scenario))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        return {}
    if done.returncode:
        return {}
    found = json.loads(done.stdout)
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float) and value is not True}
