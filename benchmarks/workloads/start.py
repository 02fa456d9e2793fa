"""From the command to the first answer, and what the server holds in memory when it has nothing to do."""

from __future__ import annotations

import time

from benchmarks.bench import Bench

WORK = "start and idle"
_SETTLE_S = 3.0


def measure(bench: Bench) -> None:
    for _round in range(bench.sizes.starts):
        for system in bench.systems:
            data = bench.scratch("start") / system.name
            data.mkdir()
            for case in ("empty folder", "second start"):
                with bench.serve(system, data) as server:
                    cpu_at_answer = server.cpu_s()
                    time.sleep(_SETTLE_S)
                    bench.journal.add(
                        WORK,
                        case,
                        system.name,
                        first_answer_s=server.ready_s,
                        cpu_s=cpu_at_answer,
                        idle_pss_mib=server.pss_mib(),
                    )
