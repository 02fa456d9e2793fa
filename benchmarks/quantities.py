"""The quantities that samples hold: what tables call them, and which way is better."""

from __future__ import annotations

from typing import NamedTuple


class Quantity(NamedTuple):
    label: str
    is_better_when_lower: bool = True


QUANTITIES = {
    "points_per_s": Quantity("points/s", is_better_when_lower=False),
    "requests_per_s": Quantity("requests/s", is_better_when_lower=False),
    "runs_per_s": Quantity("runs/s", is_better_when_lower=False),
    "calls_per_s": Quantity("calls/s", is_better_when_lower=False),
    "durable_points_per_s": Quantity("points/s until all is stored", is_better_when_lower=False),
    "mib_per_s": Quantity("MiB/s", is_better_when_lower=False),
    "cpu_s_per_million": Quantity("server CPU s per million points"),
    "cpu_s_per_gib": Quantity("server CPU s per GiB"),
    "cpu_ms_each": Quantity("server CPU ms each"),
    "cpu_us_each": Quantity("client CPU µs each"),
    "cpu_s": Quantity("CPU s until the first answer"),
    "cpu_ms": Quantity("CPU ms"),
    "wall_ms": Quantity("ms"),
    "p50_ms": Quantity("p50 ms"),
    "p99_ms": Quantity("p99 ms"),
    "worst_ms": Quantity("worst ms"),
    "p50_us": Quantity("p50 µs"),
    "p99_us": Quantity("p99 µs"),
    "worst_us": Quantity("worst µs"),
    "first_answer_s": Quantity("first answer s"),
    "idle_pss_mib": Quantity("idle memory MiB"),
    "grown_mib": Quantity("memory above idle MiB"),
    "reply_kib": Quantity("reply KiB"),
    "bytes_per_point": Quantity("bytes"),
    "modules": Quantity("modules beyond the standard library"),
    "first_ms": Quantity("ms until rows are drawn"),
    "page_ms": Quantity("ms from the request of a page of rows to its drawing"),
    "n_pages": Quantity("pages timed", is_better_when_lower=False),
    "draw_ms": Quantity("ms from the last points to the end of drawing"),
    "wait_ms": Quantity("ms that the points took to come"),
    "n_requests": Quantity("requests for points"),
    "script_bytes": Quantity("bytes of scripts, as sent"),
    "longest_task_ms": Quantity("longest task ms"),
    "longest_task_cpu_ms": Quantity("CPU ms of the longest task"),
    "n_long_tasks": Quantity("tasks over 100 ms"),
    "heap_before_mib": Quantity("heap MiB before"),
    "heap_after_mib": Quantity("heap MiB after"),
    "heap_growth_mib": Quantity("heap MiB grown"),
    "failed": Quantity("failed requests"),
    "answer": Quantity("checksum of the answer"),
    "given_up": Quantity("given up"),
    "other_cores": Quantity("cores busy with other work"),
}
