"""Clusters under Slurm, by its own commands, on this machine or on a login host.

A batch job is the supervisor itself, started on a compute node by Slurm and watched through the shared folder; what it
cannot tell (a node that failed, a limit of the cluster) Slurm's own word for the job does.

What the supervisor has to know, secrets among it, lies in a file that only the user can read, from the submission until
the job starts: Slurm has no other way to a compute node that is not kept elsewhere.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from runfold.domain.target import SlurmSettings, Target
from runfold.errors import InvalidValue, RunfoldError
from runfold.launch.targets.base import Output, Tell, Workload
from runfold.launch.targets.conda import CondaBringer
from runfold.launch.targets.folder import FarFailed, JobFolder
from runfold.launch.targets.host import LOOPBACK, Host
from runfold.launch.targets.slurm_array import ArrayTask, submit_array
from runfold.launch.targets.slurm_jobs import SlurmExecution, SlurmJob
from runfold.launch.targets.ssh import check_host

_NAME = "runfold"
_SPARE_MIN = 2


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

    def _hand_over(self, work: Workload, folder: JobFolder, tell: Tell) -> SlurmJob:
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

    def _submit_all(self, tasks: Sequence[_Task]) -> list[SlurmJob]:
        """As few arrays as the tasks' options allow."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for number, task in enumerate(tasks):
            alike.setdefault((task.limit, *task.options), []).append(number)
        watched: dict[int, SlurmJob] = {}
        for numbers in alike.values():
            watched.update(zip(numbers, self._submit_alike([tasks[number] for number in numbers]), strict=True))
        return [watched[number] for number in range(len(tasks))]

    def _submit_alike(self, tasks: list[_Task]) -> list[SlurmJob]:
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
        return [SlurmJob(self._host, task.folder, f"{array.job}_{n}", array) for n, task in enumerate(tasks)]

    def _submit(self, task: _Task) -> SlurmJob:
        folder = task.folder
        folder.upload(task.code)
        folder.write("batch.sh", f"#!/bin/sh\nexec {folder.command('run')}\n".encode())
        options = shlex.join([_named(task), *task.options])
        job = self._sbatch(
            f"cd {shlex.quote(folder.path)} && sbatch --parsable --no-requeue --output=slurm.log {options} batch.sh"
        )
        return SlurmJob(self._host, folder, job)

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
