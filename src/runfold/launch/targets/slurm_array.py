"""Several workloads as one array of Slurm: submitted at once, each then watched and cancelled by its task."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Sequence

from runfold.launch.targets.folder import JobFolder
from runfold.launch.targets.host import Host

STATES_S = 1.0
"""One question serves all tasks for so long."""

# Slurm tells a task its number; the file has the folders of all of them in that order.
BATCH = """\
#!/bin/sh
folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks)
cd "../$folder" || exit 1
exec {command}
"""

# What finds a task again when its agent was lost, and what Slurm itself has to say of it, go into its folder.
NOTE = """\
array={array}
job=$(cut -d';' -f1 slurm.id)
n=0
while read -r folder; do
  echo "${{job}}_$n" > "../$folder/slurm.id"
  ln -sf "../$array/slurm-$n.log" "../$folder/slurm.log"
  n=$((n+1))
done < tasks
"""


class SlurmArray:
    """An array that was submitted. Safe from any thread.

    Args:
        job: its number.
        folder: that its tasks share; removed when the last of them is over.
    """

    def __init__(self, host: Host, folder: JobFolder, job: str, n_tasks: int) -> None:
        self.job = job
        self._host = host
        self._folder = folder
        self._tasks = [f"{job}_{number}" for number in range(n_tasks)]
        self._n_left = n_tasks
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

    def over(self) -> None:
        """A task is over."""
        with self._lock:
            self._n_left -= 1
            is_last = self._n_left == 0
        if is_last:
            self._folder.remove()


def submit_array(
    host: Host,
    folder: JobFolder,
    tasks: Sequence[JobFolder],
    *,
    options: Sequence[str],
    limit: int,
    submit: Callable[[str], str],
) -> SlurmArray:
    """
    Args:
        folder: for what they share; it lies beside theirs.
        options: of sbatch.
        limit: so many run at a time; 0: no limit.
        submit: runs a script that ends with a call of sbatch, and gives the number of the job.
    """
    place, array = shlex.quote(folder.path), shlex.quote(folder.name)
    host.run(f"umask 077; mkdir -p {place}")
    folder.write("tasks", "".join(f"{task.name}\n" for task in tasks).encode())
    folder.write("batch.sh", BATCH.format(command=tasks[0].command("run")).encode())
    numbers = f"0-{len(tasks) - 1}" + (f"%{limit}" if limit else "")
    wanted = shlex.join([*options, f"--array={numbers}"])
    job = submit(f"cd {place} && sbatch --parsable --no-requeue --output=slurm-%a.log {wanted} batch.sh")
    host.run(f"cd {place} || exit 1\n{NOTE.format(array=array)}")
    return SlurmArray(host, folder, job, len(tasks))
