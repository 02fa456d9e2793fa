"""Several workloads as one array of Slurm: submitted at once, each then watched and cancelled by its task."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from runfold.errors import RunfoldError
from runfold.launch.targets.folder import JobFolder, code_digest
from runfold.launch.targets.host import Host

STATES_S = 1.0
"""One question serves all tasks for so long."""

# Slurm tells a task its number; the file has the folders of all of them in that order, each with the code that it runs.
BATCH = """\
#!/bin/sh
folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks | cut -d' ' -f1)
cd "../$folder" || exit 1
exec {command}
"""

# A task knows its array, and the array which of its tasks are left: the last one to go takes it along.
JOIN = """\
cd {place} || exit 1
umask 077
mkdir -p left
while read -r folder code; do
  echo {array} > "../$folder/array" && : > "left/$folder" || exit 1
  ln -sf "../{array}/$code" "../$folder/code.tar.gz" || exit 1
done < tasks
"""

# What finds a task again when its agent was lost, and what Slurm itself says of it, go into its folder. That belongs to
# the submission: an agent that is lost in between would leave an array that nobody knows.
NOTE = """{{
job=$(cut -d';' -f1 slurm.id)
n=0
while read -r folder code; do
  echo "${{job}}_$n" > "../$folder/slurm.id"
  ln -sf "../{array}/slurm-$n.log" "../$folder/slurm.log"
  n=$((n+1))
done < tasks
}}"""

GIVE_UP = """
(cd {place} && [ -s slurm.id ] && scancel "$(cut -d';' -f1 slurm.id)")
rm -rf {place}
"""


class ArrayTask(msgspec.Struct, frozen=True):
    """
    Attributes:
        folder: of the task.
        code: the project that it runs, here.
    """

    folder: JobFolder
    code: Path


class SlurmArray:
    """An array that was submitted. Safe from any thread.

    Args:
        job: its number.
    """

    def __init__(self, host: Host, job: str, n_tasks: int) -> None:
        self.job = job
        self._host = host
        self._tasks = [f"{job}_{number}" for number in range(n_tasks)]
        self._lock = threading.Lock()
        self._states: dict[str, str] = {}
        self._asked_at = float("-inf")

    def line(self, task: str) -> str:
        """What squeue says of a task: `STATE|reason`, or that there is none."""
        with self._lock:
            if time.monotonic() - self._asked_at >= STATES_S:
                self._states = self._ask()
                self._asked_at = time.monotonic()
            return self._states.get(task, "Invalid job id")

    def _ask(self) -> dict[str, str]:
        done = self._host.run(f"squeue --noheader --array --states=all --jobs={self.job} --format='%i|%T|%r' 2>&1")
        lines = done.output.decode(errors="replace").splitlines()
        if done.code and not any("Invalid job id" in line for line in lines):
            # The same for all tasks; whoever reads it waits for a better answer.
            return dict.fromkeys(self._tasks, " ".join(lines))
        return {task: said for task, _, said in (line.partition("|") for line in lines) if task.startswith(self.job)}


def submit_array(
    host: Host,
    folder: JobFolder,
    tasks: Sequence[ArrayTask],
    *,
    options: Sequence[str],
    limit: int,
    submit: Callable[[str, str], str],
) -> SlurmArray:
    """Bring each project that is not the same as another once, and submit.

    Args:
        folder: for what they share; it lies beside theirs.
        options: of sbatch.
        limit: so many run at a time; 0: no limit.
        submit: runs a call of sbatch, and then a script beside the file slurm.id; gives the number of the job.
    """
    place = shlex.quote(folder.path)
    words = {"place": place, "array": shlex.quote(folder.name)}
    try:
        folder.make()
        listed = _bring_code(folder, tasks)
        folder.write(
            "tasks", "".join(f"{task.folder.name} {code}\n" for task, code in zip(tasks, listed, strict=True)).encode()
        )
        folder.write("batch.sh", BATCH.format(command=tasks[0].folder.command("run")).encode())
        folder.run(JOIN.format(**words))
        numbers = f"0-{len(tasks) - 1}" + (f"%{limit}" if limit else "")
        wanted = shlex.join([*options, f"--array={numbers}"])
        call = f"cd {place} && sbatch --parsable --no-requeue --output=slurm-%a.log {wanted} batch.sh"
        job = submit(call, NOTE.format(**words))
    except RunfoldError:
        with suppress(RunfoldError):
            host.run(GIVE_UP.format(**words))
        raise
    return SlurmArray(host, job, len(tasks))


def _bring_code(folder: JobFolder, tasks: Sequence[ArrayTask]) -> list[str]:
    """The name of each task's archive in the folder."""
    names: list[str] = []
    for task in tasks:
        name = f"code-{code_digest(task.code)}.tar.gz"
        if name not in names:
            folder.write_code(name, task.code)
        names.append(name)
    return names
