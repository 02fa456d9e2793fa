"""Clusters under Slurm, by its own commands, on this machine or on a login host.

A batch job is the supervisor itself, started on a compute node by Slurm and watched through the shared folder; what it
cannot tell (a node that failed, a limit of the cluster) Slurm's own word for the job does.

What the supervisor has to know, secrets among it, lies in a file that only the user can read, from the submission until
the job starts: Slurm has no other way to a compute node that is not kept elsewhere.
"""

from __future__ import annotations

import math
import re
import shlex
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from runfold.domain.target import SlurmSettings, Target
from runfold.errors import InvalidValue, RunfoldError, Unavailable
from runfold.launch.process import Ending
from runfold.launch.targets.absence import Absence
from runfold.launch.targets.base import Output, Tell, Workload
from runfold.launch.targets.conda import CondaBringer
from runfold.launch.targets.folder import FarFailed, JobFolder, Look, Result
from runfold.launch.targets.host import LOOPBACK, Host
from runfold.launch.targets.slurm_array import ArrayTask, SlurmArray, submit_array
from runfold.launch.targets.ssh import check_host, ending_of

LOOK_S = 1.0
"""Seconds between looks while something happens; they grow to `QUIET_S` while nothing does."""
QUIET_S = 10.0
# A result may reach the shared folder a moment after Slurm has called the job over, or Slurm may be the later one.
N_LATE_LOOKS = 5
_NAME = "runfold"
_SPARE_MIN = 2
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


class SlurmBackend:
    """`launch.targets.base.Backend`."""

    def __init__(self, target: Target, host: Host) -> None:
        self._target = target
        self._settings = target.slurm or SlurmSettings()
        self._host = host
        self._conda = CondaBringer(host)

    def start(self, work: Workload, *, output: Output, tell: Tell) -> SlurmExecution:
        folder = self._folder(work.work_id)
        folder.prepare(_CANCEL_EARLIER.format(folder=shlex.quote(folder.path)))
        try:
            self._conda.bring(folder, work.environment, tell)
            folder.describe(work)
            watched = self._hand_over(work, folder, tell)
        except RunfoldError:
            with suppress(RunfoldError):
                folder.remove()
            raise
        tell(f"Slurm has it as job {watched.job}")
        return SlurmExecution(self._host, watched, output, tell)

    def _hand_over(self, work: Workload, folder: JobFolder, tell: Tell) -> _Watched:
        limit = work.array_limit or self._settings.array_limit
        task = _Task(folder=folder, code=work.code, options=self._options(work), limit=limit)
        tell(f"Bringing the project to {self._host.name}, into {folder.path}")
        return self._submit(task) if work.seat is None else work.seat.hand_over(task, self._submit_all)

    def check(self, tell: Tell) -> None:
        check_host(self._host, self._folder("test"), tell)
        self._call(f"sbatch --test-only --job-name={_NAME}-test {shlex.join(self._options(None))} --wrap=true")
        tell(
            "Slurm would take a job" + (f" in partition {self._settings.partition}" if self._settings.partition else "")
        )

    def reachable_from_there(self, uri: str) -> str:
        """As it is: compute nodes see no port of the login host's loopback."""
        if self._settings.login is not None and urlsplit(uri).hostname in LOOPBACK:
            raise InvalidValue(
                f"The tracking server listens at {uri}, which no compute node reaches. Give the target the address "
                "that nodes can use: --server http://host:port."
            )
        return uri

    def close(self) -> None:
        self._host.close()

    def _folder(self, work_id: str) -> JobFolder:
        return JobFolder(self._host, self._settings.folder, work_id, self._settings.python)

    def _options(self, work: Workload | None) -> list[str]:
        settings = self._settings
        options = []
        for name in ("partition", "account", "qos"):
            if value := getattr(settings, name):
                options.append(f"--{name}={value}")
        if work is None:
            return [*options, *settings.options]
        wanted = work.resources
        # The supervisor keeps the exact limit; the cluster's comes a little later, so that it can say why.
        minutes = math.ceil(work.timeout_s / 60) + _SPARE_MIN if work.timeout_s else settings.time_limit_min
        options += [f"--time={minutes}"] if minutes else []
        options += [f"--cpus-per-task={wanted.n_cpus}"] if wanted.n_cpus else []
        options += [f"--gres=gpu:{wanted.n_gpus}"] if wanted.n_gpus else []
        options += [f"--mem={math.ceil(wanted.memory_gib * 1024)}M"] if wanted.memory_gib else []
        return [*options, *settings.options]

    def _submit_all(self, tasks: Sequence[_Task]) -> list[_Watched]:
        """As few arrays as the tasks' options allow."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for number, task in enumerate(tasks):
            alike.setdefault((task.limit, *task.options), []).append(number)
        watched: dict[int, _Watched] = {}
        for numbers in alike.values():
            watched.update(zip(numbers, self._submit_alike([tasks[number] for number in numbers]), strict=True))
        return [watched[number] for number in range(len(tasks))]

    def _submit_alike(self, tasks: list[_Task]) -> list[_Watched]:
        if len(tasks) == 1:
            return [self._submit(tasks[0])]
        first = tasks[0]
        array = submit_array(
            self._host,
            self._folder(f"array-{first.folder.name}"),
            [ArrayTask(task.folder, task.code) for task in tasks],
            options=[_named(first), *first.options],
            limit=first.limit,
            submit=self._sbatch,
        )
        return [_Watched(self._host, task.folder, f"{array.job}_{n}", array) for n, task in enumerate(tasks)]

    def _submit(self, task: _Task) -> _Watched:
        folder = task.folder
        folder.upload(task.code)
        folder.write("batch.sh", f"#!/bin/sh\nexec {folder.command('run')}\n".encode())
        options = shlex.join([_named(task), *task.options])
        job = self._sbatch(
            f"cd {shlex.quote(folder.path)} && sbatch --parsable --no-requeue --output=slurm.log {options} batch.sh"
        )
        return _Watched(self._host, folder, job)

    def _sbatch(self, script: str, then: str = "true") -> str:
        """Submit, note the number in the file slurm.id, run what is to follow beside it, and give the number."""
        said = self._call(f"{script} > slurm.id && cat slurm.id && {then}")
        job = said.strip().splitlines()[-1].partition(";")[0] if said.strip() else ""
        if not job.isdigit():
            raise FarFailed(f"sbatch on {self._host.name} gave no number of a job: {said.strip()[:200]!r}")
        return job

    def _call(self, script: str) -> str:
        done = self._host.run(script)
        errors = done.errors.strip()
        if "not found" in errors and "sbatch" in errors:
            raise InvalidValue(
                f"{self._host.name} has no program sbatch. Name a login host: slurm://user@login/folder."
            )
        if done.code or "error" in errors:
            lines = [line.removeprefix("sbatch: ") for line in errors.splitlines()]
            raise InvalidValue(f"Slurm on {self._host.name} does not take the job: {' '.join(lines)[:500]}")
        return done.output.decode(errors="replace")


_CANCEL_EARLIER = """
if [ -f {folder}/slurm.id ]; then
  job=$(cut -d';' -f1 {folder}/slurm.id)
  scancel "$job" 2>/dev/null
  n=0
  while [ $n -lt 90 ] && [ -n "$(squeue --noheader --jobs="$job" 2>/dev/null)" ]; do sleep 1; n=$((n+1)); done
fi"""


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be submitted.

    Attributes:
        code: the project, here.
        limit: of its array.
    """

    folder: JobFolder
    code: Path
    options: list[str]
    limit: int


def _named(task: _Task) -> str:
    return f"--job-name={_NAME}-{task.folder.name[:12]}"


class _Watched:
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

    def __init__(self, host: Host, watched: _Watched, output: Output, tell: Tell) -> None:
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
