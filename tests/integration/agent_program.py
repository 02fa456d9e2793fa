"""An agent whose jobs append their id to a file: `agent_program.py SERVER NAME FILE`. Ends when the queue is empty."""

import os
import sys
import threading
import time

from runfold.config import ClientSettings
from runfold.domain.job import Agent, JobState
from runfold.launch.agent import Execution, JobAgent
from runfold.launch.process import Ending
from runfold.stores.rest.store import RestStore

server, name, path = sys.argv[1:]
effects = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def execute(execution: Execution) -> Ending:
    execution.report(JobState.RUNNING)
    # The effect of the job: one line, written with one system call.
    os.write(effects, f"{execution.job.job_id} {execution.job.attempt}\n".encode())
    time.sleep(0.002)
    return Ending(exit_code=0, reason="finished")


me = Agent(name=name, n_slots=8, queues=("many",))
JobAgent(RestStore(server, ClientSettings()), me, execute, tell=lambda line: None).run(
    threading.Event(), until_idle=True
)
