"""Batch jobs of Slurm followed until they are over: its own word for them, beside what their folder says."""

from __future__ import annotations

import re
import threading
from contextlib import suppress

from runfold.errors import RunfoldError, Unavailable
from runfold.launch.process import Ending
from runfold.launch.targets.absence import Absence
from runfold.launch.targets.base import Output, Tell
from runfold.launch.targets.folder import JobFolder, Look, Result
from runfold.launch.targets.host import Host
from runfold.launch.targets.slurm_array import SlurmArray
from runfold.launch.targets.ssh import ending_of

LOOK_S = 1.0
"""Seconds between looks while something happens; they grow to `QUIET_S` while nothing does."""
QUIET_S = 10.0
# A result may reach the shared folder a moment after Slurm has called the job over, or Slurm may be the later one.
N_LATE_LOOKS = 5
_LIVE = {
    "PENDING",
    "CONFIGURING",
    "RUNNING",
    "COMPLETING",
    "SUSPENDED",
    "REQUEUED",
    "RESIZING",
    "STAGE_OUT",
    "SIGNALING",
}
_REASONS = {
    "TIMEOUT": "ended by Slurm: its time limit is over",
    "DEADLINE": "ended by Slurm: its deadline is over",
    "OUT_OF_MEMORY": "killed by Slurm: out of memory",
    "NODE_FAIL": "ended by Slurm: its node failed",
    "BOOT_FAIL": "ended by Slurm: its node did not start",
    "PREEMPTED": "ended by Slurm: preempted by another job",
    "CANCELLED": "cancelled in Slurm",
    "GONE": "Slurm does not know the job any more, and it left no result",
}
_MEMORY_SAID = re.compile(r"exceeded (job|step) memory limit|oom[ _-]kill", re.IGNORECASE)


class SlurmJob:
    """A batch job, or a task of an array.

    Attributes:
        job: its number, as Slurm's commands take it.
    """

    def __init__(self, host: Host, folder: JobFolder, job: str, array: SlurmArray | None = None) -> None:
        self.folder = folder
        self.job = job
        self._host = host
        self._array = array

    def look(self, offset: int) -> tuple[str, str, Look]:
        """State and reason in Slurm's words, and how far it is."""
        if self._array is None:
            ask = f"squeue --noheader --states=all --jobs={self.job} --format='%T|%r' 2>&1"
            line, look = self.folder.look_with(ask, offset)
        else:
            line = self._array.line(self.job)
            # Of hundreds that wait there is nothing to see in their folders.
            look = Look(size=0, is_alive=False) if line.startswith("PENDING") else self.folder.look(offset)
        state, _, reason = line.partition("|")
        if "Invalid job id" in line:
            return "GONE", "", look
        if state not in _LIVE and state not in _REASONS and state not in ("COMPLETED", "FAILED"):
            raise Unavailable(f"squeue on {self._host.name} says {line[:200]!r}.")
        return state, reason, look

    def cancel(self) -> None:
        self._host.run(f"scancel {self.job}")

    def remove(self) -> None:
        self.folder.remove()


class SlurmExecution:
    """A batch job or task, looked at until it is over."""

    def __init__(self, host: Host, watched: SlurmJob, output: Output, tell: Tell) -> None:
        self._host = host
        self._watched = watched
        self._output = output
        self._tell = tell
        self._cancelled = threading.Event()
        self._absence = Absence(host.name, tell, self._cancelled)
        self._is_cancel_said = False
        self._state = self._noted = ""
        self._packages: dict[str, str] = {}
        self._offset = self._n_late_looks = 0
        self._pause_s = LOOK_S

    def cancel(self) -> None:
        self._cancelled.set()

    def packages(self) -> dict[str, str]:
        return self._packages

    def wait(self) -> Ending:
        try:
            return self._follow()
        except RunfoldError:
            with suppress(RunfoldError):
                self._watched.cancel()
            raise

    def _follow(self) -> Ending:
        while True:
            try:
                self._say_cancel()
                ending = self._look()
                if ending is not None:
                    return ending
            except Unavailable as error:
                if self._absence.is_too_long(error):
                    return self._absence.given_up()
                self._absence.pause(QUIET_S)

    def _look(self) -> Ending | None:
        """How it ended, once it has. When the host does not answer, the next look takes up where this left off."""
        state, reason, look = self._watched.look(self._offset)
        self._absence.end()
        self._note(state, reason)
        self._offset += len(look.content)
        if look.content:
            self._output(look.content)
        has_ended = look.result is not None and self._offset >= look.size
        self._n_late_looks += has_ended or state not in _LIVE
        # Both are wanted: a result says little of a command that Slurm ended, together with its supervisor.
        if look.result is not None and has_ended and (state not in _LIVE or self._n_late_looks > N_LATE_LOOKS):
            return self._over(look.result, state)
        if self._n_late_looks > N_LATE_LOOKS:
            return self._without_result(state)
        self._pause_s = LOOK_S if look.content or self._n_late_looks else min(self._pause_s * 1.3, QUIET_S)
        if self._offset >= look.size:
            self._pause(self._pause_s)
        return None

    def _pause(self, seconds: float) -> None:
        if self._is_cancel_said:
            threading.Event().wait(LOOK_S)
        else:
            self._cancelled.wait(seconds)

    def _say_cancel(self) -> None:
        if self._cancelled.is_set() and not self._is_cancel_said:
            self._watched.cancel()
            self._is_cancel_said = True

    def _note(self, state: str, reason: str) -> None:
        # Why it waits is often known a moment after it was submitted, and changes.
        why = f" ({reason})" if reason and reason != "None" else ""
        line = f"Slurm: job {self._watched.job} is {state}{why}"
        if state != self._state or (why and line != self._noted and state == "PENDING"):
            self._tell(line)
            self._state, self._noted = state, line

    def _over(self, result: Result, state: str) -> Ending:
        self._packages = self._watched.folder.read_packages()
        if result.is_cancelled and not self._is_cancel_said and state == "FAILED":
            state = self._named(state, self._watched.folder.read_tail("slurm.log"))
        self._remove()
        if self._is_cancel_said and state != "COMPLETED":
            return Ending(exit_code=result.exit_code, reason="cancelled", is_cancelled=True)
        if state in _REASONS and state != "GONE":
            return Ending(exit_code=result.exit_code, reason=_REASONS[state], is_cancelled=state == "CANCELLED")
        return ending_of(result)

    def _without_result(self, state: str) -> Ending:
        is_cancelled = self._cancelled.is_set()
        said = self._watched.folder.read_tail("slurm.log")
        state = self._named(state, said)
        reason = "cancelled" if is_cancelled else _REASONS.get(state, f"Slurm calls it {state}; it left no result")
        if said and not is_cancelled:
            reason = f"{reason}: {said}"
        self._remove()
        return Ending(exit_code=-9, reason=reason, is_cancelled=is_cancelled)

    def _remove(self) -> None:
        try:
            self._watched.remove()
        except RunfoldError as error:
            self._tell(f"The folder {self._watched.folder.path} stays on {self._host.name}: {error.message}")

    @staticmethod
    def _named(state: str, said: str) -> str:
        """A job that Slurm's own watch over memory has ended is only called FAILED."""
        return "OUT_OF_MEMORY" if state == "FAILED" and _MEMORY_SAID.search(said) else state
