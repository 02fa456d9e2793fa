"""Processes of a server that end with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

# The child begins with the handler of its parent, which takes the first signal and does nothing with it.
PROGRAM = """
import multiprocessing, os, signal, sys, time
from runfold.hosting import processes

processes.AGAIN_S = 0.1

def take(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    print("taken", flush=True)

def child():
    processes.end_with_parent()
    print(os.getpid(), flush=True)
    while True:
        time.sleep(0.05)

signal.signal(signal.SIGTERM, take)
multiprocessing.get_context("fork").Process(target=child).start()
time.sleep(600)
"""


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_ends_with_its_parent_also_when_a_first_signal_was_lost_on_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait(60)
        assert parent.stdout.readline() == "taken\n"
        deadline = time.monotonic() + 60
        while is_there(child):
            assert time.monotonic() < deadline
            time.sleep(0.02)
