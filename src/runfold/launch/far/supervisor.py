"""Who starts the command, waits for it and notes how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from runfold.launch.far.archives import unpack_shared
from runfold.launch.far.environment import make_environment
from runfold.launch.far.log import Log
from runfold.launch.far.memory import MemoryWatch
from runfold.launch.far.places import HERE
from runfold.launch.far.processes import note_pids
from runfold.launch.far.results import finish, read_result, reserve_result
from runfold.launch.far.stopping import STOP_S, Failed, Stop


def start() -> None:
    """Begin the work that standard input describes, detached; secrets come this way and touch no disk."""
    work = json.load(sys.stdin)
    with open(os.path.join(HERE, "log"), "wb"):
        pass
    reserve_result()
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.read(reader, 1)  # until the supervisor has said who it is, or is gone
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    os.close(reader)
    with open(os.devnull, "r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    note_pids(supervisor=os.getpid())
    os.close(writer)
    try:
        _supervise(work)
    except BaseException as error:
        finish(1, f"the work could not be started: {error}")
    os._exit(0)


def run() -> None:
    """The same in the foreground, for engines that start it themselves: the file `work` says what, and is removed."""
    described = os.path.join(HERE, "work")
    with open(described, encoding="utf-8") as found:
        work = json.load(found)
    os.remove(described)
    with open(os.path.join(HERE, "log"), "wb"):
        pass
    reserve_result()
    note_pids(supervisor=os.getpid())
    try:
        code = _supervise(work)
    except Exception as error:
        finish(1, f"the work could not be started: {error}")
        raise
    finally:
        if work.get("result_path"):
            with open(work["result_path"], "w", encoding="utf-8") as out:
                json.dump(read_result(), out)
    sys.exit(code if code >= 0 else 128 - code)


def _supervise(work: dict[str, Any]) -> int:
    stop = Stop(work.get("stop_s") or STOP_S)
    signal.signal(signal.SIGTERM, stop.ask)
    signal.signal(signal.SIGINT, stop.ask)
    token = None
    if work.get("own_token"):
        from runfold.launch.far.own_token import OwnToken

        token = OwnToken(work["own_token"])
    hidden = [*(work.get("secrets") or {}).values(), *([token.secret] if token else [])]
    log = Log(os.path.join(HERE, "log"), echo=bool(work.get("echo")), secrets=hidden)
    try:
        if token:
            log.write(token.announcement())
        unpack_shared(stop)
        environment = make_environment(work, log, stop)
        if token:
            environment.update(token.accepted(environment, stop))
    except Failed as error:
        if stop.reason:
            finish(-signal.SIGTERM, stop.reason, is_cancelled=True)
            return -signal.SIGTERM
        log.write(f"{error}\n".encode())
        finish(1, str(error))
        return 1
    folder = os.path.join(HERE, "code")
    memory = MemoryWatch()
    try:
        process = subprocess.Popen(  # noqa: S603 - the command that was asked for
            work["vector"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        finish(127, f"the program {work['vector'][0]!r} cannot be started: {error.strerror}")
        return 127
    note_pids(supervisor=os.getpid(), command=process.pid)
    copying = threading.Thread(target=log.copy, args=(process.stdout,), daemon=True)
    copying.start()
    stop.watch(process, work.get("timeout_s") or 0)
    code = process.wait()
    stop.over.set()
    copying.join(2.0)
    if stop.reason:
        reason = stop.reason
    else:
        reason = memory.explain(code)
    if log.failure:
        reason = f"{reason or f'exit code {code}'} (the end of the log is lost: {log.failure})"
    finish(code, reason, is_cancelled=bool(stop.reason))
    return code
