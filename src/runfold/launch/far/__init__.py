"""What runs on the far side: brought there as one file, and started by the Python that is there, 3.8 or newer.

Nothing here needs more than the standard library, and nothing of Runfold outside this folder. In a job's folder lie

    far.pyz     this            log        the output of the command, both streams
    code/       the project     pids       JSON: supervisor and command, each with the moment it began
    result      JSON, once it is over: exit code and reason
    packages    JSON: what the environment holds, as files for the run
    array       the name of the folder that it shares with other tasks, if it does

and beside that, `environments/` with a folder for each, shared by all jobs.

A supervisor, detached from whoever logged in, makes the environment, runs the command in a session of its own and
notes how it ended. So the job goes on when the connection is lost, and whoever comes back finds the log and the result.
"""
