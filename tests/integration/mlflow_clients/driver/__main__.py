"""Uses a server through the real `mlflow` client; runs in that client's own environment, not in ours.

`python driver <server> <folder>` plays every scenario of the modules beside this and prints one JSON object: what each
returned, or the trace of its error. A scenario is a function named `play_...`; it returns plain values, the same
whatever the ids and times are.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

import files
import mlflow
import recording
import registry
import searching


def scenarios() -> dict[str, Callable[[], object]]:
    return {
        name.removeprefix("play_"): play
        for module in (recording, searching, registry, files)
        for name, play in vars(module).items()
        if name.startswith("play_")
    }


def main() -> None:
    results: dict[str, object] = {"version": mlflow.__version__}
    for name, play in scenarios().items():
        try:
            results[name] = play()
        except Exception:
            results[name] = {"error": traceback.format_exc()}
            while mlflow.active_run():
                mlflow.end_run()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
