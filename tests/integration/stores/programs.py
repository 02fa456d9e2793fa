"""Programs that tests run in processes of their own, to kill them, starve them or set them against each other.

Each is started as `python -m tests.integration.stores.programs <name> <arguments>` and says on its output what it has
been promised.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from runfold.config import StoreSettings
from runfold.domain.metric import Metric
from runfold.domain.run import NewRun, RunBatch
from runfold.errors import RunfoldError, StorageFull
from runfold.stores.open import open_store
from runfold.stores.sql import maintenance
from tests.integration.numbered import numbered_batch

SETTINGS = StoreSettings(fold_interval_s=0.02)
N_THREADS = 4


def say(text: str) -> None:
    """Out at once and whole, whatever happens next."""
    os.write(1, f"{text}\n".encode())


def write_for_ever(uri: str, run_id: str, first: str, seconds: str = "inf") -> None:
    """Log numbered batches from several threads; say each number once it is acknowledged."""
    maintenance.QUIET_S = 0.02  # fold whenever possible, so that a fold is always under way
    store = open_store(uri, SETTINGS)
    end = time.monotonic() + float(seconds)

    def write(thread: int) -> None:
        number = int(first) + thread
        while time.monotonic() < end:
            try:
                store.log_batch(run_id, numbered_batch(number))
            except RunfoldError as error:
                say(f"error {type(error).__name__}: {error.message}")
                return
            say(str(number))
            number += N_THREADS

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(N_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()


def open_at(uri: str, moment: str) -> None:
    """Open a store at a given time, and use it."""
    time.sleep(max(0.0, float(moment) - time.time()))
    say("opening")
    store = open_store(uri, SETTINGS)
    say(store.create_run(NewRun(experiment_id="0")).info.run_id)
    store.close()


def open_and_say_error(uri: str) -> None:
    """Open a store that cannot be used."""
    try:
        open_store(uri, SETTINGS).close()
    except RunfoldError as error:
        say(json.dumps([type(error).__name__, error.message]))


def fill_disk(folder: str) -> None:
    """Write until the disk is full, read, make room, and write on with the same store."""
    ballast = Path(folder, "ballast")
    ballast.write_bytes(b"x" * 3_000_000)
    store = open_store(f"sqlite:///{folder}/runfold.db", SETTINGS)
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    report: dict[str, object] = {}
    acknowledged = 0
    while "error" not in report:
        try:
            store.log_batch(run_id, _wide_batch(acknowledged))
        except StorageFull as error:
            report["error"] = error.message
        else:
            acknowledged += 1
    report["acknowledged"] = acknowledged
    report["readable_when_full"] = len(store.get_metric_history(run_id, "m").items)
    report["summary_when_full"] = store.get_run(run_id).metrics["m"].step
    ballast.unlink()
    for number in range(5):
        store.log_batch(run_id, _wide_batch(acknowledged + number))
    report["readable_after"] = len(store.get_metric_history(run_id, "m").items)
    report["params_after"] = len(store.get_run(run_id).params)
    store.close()
    report["reopened"] = len(open_store(f"sqlite:///{folder}/runfold.db", SETTINGS).get_run(run_id).params)
    say(json.dumps(report))


def _wide_batch(number: int) -> RunBatch:
    return RunBatch(metrics=(Metric("m", 1.0, 0, number),), params=((f"p{number}", "x" * 5000),))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
