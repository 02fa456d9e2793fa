"""Clusters of Ray, by the jobs API of their dashboard.

Plain HTTP, so nothing of Ray is needed here. Ray has no place for secrets: whoever reaches the dashboard reads a job's
environment and files. A workload with secrets is refused. By what the command is known to the tracking server is made
on the cluster; its digest comes back as a line of the job's log, before the command begins.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import threading
import time
import zipfile
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec
import urllib3

from runfold.domain.target import RaySettings, Target
from runfold.errors import InvalidValue, LimitExceeded, NotFound, PermissionDenied, RunfoldError, Unavailable
from runfold.launch.far.own_token import MARK
from runfold.launch.process import Ending, explain
from runfold.launch.targets.base import Output, OwnToken, Tell, Workload
from runfold.launch.targets.folder import archive, describe
from runfold.launch.targets.host import LOOPBACK
from runfold.launch.targets.program import NAME, program

LOOK_S = 1.0
"""Seconds between looks while something happens; they grow to `QUIET_S` while nothing does: each gets the whole log."""
QUIET_S = 10.0
GONE_S = 60.0
READY_S = 60.0
MAX_PACKAGE = 100 * 2**20

_TIMEOUT = urllib3.Timeout(connect=10.0, read=60.0)
# Ray kills what does not end within a few seconds.
_STOP_S = 2.0
_OVER = {"SUCCEEDED", "FAILED", "STOPPED"}
_ANNOUNCED = re.compile(rf"^{MARK} ([0-9a-f]{{64}})\n", re.MULTILINE)
_ENTRY = f"python3 -S {NAME} unpack < code.tar.gz && exec python3 -S {NAME} run"


class RayBackend:
    """`launch.targets.base.Backend`.

    Args:
        token: for a dashboard that asks for one.
    """

    def __init__(self, target: Target, token: str | None = None) -> None:
        self._settings = target.ray or RaySettings()
        self._name = target.name
        self._http = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=_TIMEOUT, retries=False
        )

    def start(self, work: Workload, *, output: Output, tell: Tell) -> RayExecution:
        if work.secrets:
            raise InvalidValue(
                f"Target {self._name!r} is a Ray cluster, where whoever reaches its dashboard reads what a job is "
                "given: it gets no secrets. Keep them on the cluster, or use another target."
            )
        self._stop_earlier(work.work_id)
        # Another name for each attempt: a cluster needs a while to forget one.
        job = f"runfold-{work.work_id}-{secrets.token_hex(3)}"
        uri = self._upload(work)
        wanted = work.resources
        body: dict[str, Any] = {
            "entrypoint": _ENTRY,
            "submission_id": job,
            "runtime_env": {"working_dir": uri},
            "metadata": {"runfold": work.work_id},
        }
        if wanted.n_cpus:
            body["entrypoint_num_cpus"] = wanted.n_cpus
        if wanted.n_gpus:
            body["entrypoint_num_gpus"] = wanted.n_gpus
        if wanted.memory_gib:
            body["entrypoint_memory"] = int(wanted.memory_gib * 2**30)
        self._submit(body)
        tell(f"Ray has it as job {job}")
        return RayExecution(self, job, output, tell, work.own_token)

    def check(self, tell: Tell) -> None:
        version = self.call("GET", "version")
        tell(f"The cluster answers: Ray {version.get('ray_version')}")
        self.call("GET", "jobs/")
        tell("Its jobs API can be used")

    def reachable_from_there(self, uri: str) -> str:
        """As it is: nodes see nothing of this machine's loopback, unless the cluster is on it, too."""
        is_near = urlsplit(self._settings.address).hostname in LOOPBACK
        if urlsplit(uri).hostname in LOOPBACK and not is_near:
            raise InvalidValue(
                f"The tracking server listens at {uri}, which no node of the cluster reaches. Give the target the "
                "address that they can use: --server http://host:port."
            )
        return uri

    def close(self) -> None:
        self._http.clear()

    def call(self, method: str, path: str, body: object = None, *, content: bytes | None = None) -> dict[str, Any]:
        """One call of the dashboard's API."""
        url = f"{self._settings.address.rstrip('/')}/api/{path}"
        try:
            reply = self._http.request(
                method, url, body=content if body is None else msgspec.json.encode(body), headers=self._headers(body)
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"The Ray cluster at {self._settings.address} does not answer: {error}") from None
        said = reply.data.decode(errors="replace")
        if reply.status < 300:
            with suppress(msgspec.MsgspecError):
                decoded = msgspec.json.decode(said)
                return decoded if isinstance(decoded, dict) else {"items": decoded}
            return {}
        last = said.strip().splitlines()[-1][:500] if said.strip() else f"status {reply.status}"
        if reply.status == 404:
            raise NotFound("job or package of Ray", path.rpartition("/")[2])
        if reply.status in (401, 403):
            raise PermissionDenied(f"The Ray cluster at {self._settings.address} does not let us: {last}")
        # Ray answers 500 to what it does not like, and to what it cannot do just now: the text tells them apart.
        if reply.status <= 500 and "try again later" not in last:
            raise InvalidValue(f"The Ray cluster at {self._settings.address} does not take it: {last}")
        raise Unavailable(f"The Ray cluster at {self._settings.address} cannot answer just now: {last}")

    def _headers(self, body: object) -> dict[str, str]:
        return {**self._http.headers, **({"Content-Type": "application/json"} if body is not None else {})}

    def state(self, job: str) -> dict[str, Any] | None:
        """What the cluster knows of a job; None: nothing."""
        try:
            return self.call("GET", f"jobs/{job}")
        except NotFound:
            return None

    def _submit(self, body: dict[str, Any]) -> None:
        """A cluster that has just been started takes jobs a little later than it answers."""
        end = time.monotonic() + READY_S
        while True:
            try:
                self.call("POST", "jobs/", body)
                return
            except Unavailable:
                if time.monotonic() > end:
                    raise
                time.sleep(LOOK_S)

    def _stop_earlier(self, work_id: str) -> None:
        """What earlier attempts have left running."""
        end = time.monotonic() + GONE_S
        while running := [job for job in self._jobs_of(work_id) if job["status"] not in _OVER]:
            if time.monotonic() > end:
                raise Unavailable(f"An earlier attempt of {work_id} is not over after {GONE_S:g} s.")
            for job in running:
                self.call("POST", f"jobs/{job['submission_id']}/stop")
            time.sleep(LOOK_S)

    def _jobs_of(self, work_id: str) -> list[dict[str, Any]]:
        known = self.call("GET", "jobs/").get("items", [])
        return [job for job in known if (job.get("metadata") or {}).get("runfold") == work_id]

    def _upload(self, work: Workload) -> str:
        """A package of the supervisor, the project and what the supervisor has to know; its name tells its content."""
        described = msgspec.json.decode(describe(work)) | {"echo": True, "stop_s": _STOP_S}
        if work.own_token is not None:
            described["own_token"] = {
                "variables": work.own_token.variables,
                "job_id": work.own_token.job_id,
                "uri": work.variables["RUNFOLD_TRACKING_URI"],
            }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            package.writestr(NAME, program())
            package.writestr("work", msgspec.json.encode(described))
            with package.open("code.tar.gz", "w", force_zip64=True) as out:
                for piece in archive(work.code):
                    out.write(piece)
                    if packed.tell() > MAX_PACKAGE:
                        raise LimitExceeded(
                            f"The project is larger than {MAX_PACKAGE // 2**20} MiB, compressed, which is what a Ray "
                            "cluster takes. Have git ignore data and outputs, and let the command fetch its data."
                        )
        content = packed.getvalue()
        name = f"_ray_pkg_{hashlib.sha256(content).hexdigest()[:16]}.zip"
        self.call("PUT", f"packages/gcs/{name}", content=content)
        return f"gcs://{name}"


class RayExecution:
    """A job of the cluster, looked at until it is over."""

    def __init__(self, backend: RayBackend, job: str, output: Output, tell: Tell, own_token: OwnToken | None) -> None:
        self._backend = backend
        self._job = job
        self._output = output
        self._tell = tell
        self._awaited = own_token
        self._cancelled = threading.Event()
        self._is_stop_said = False
        self._seen = 0
        self._told = ""

    def cancel(self) -> None:
        self._cancelled.set()

    def packages(self) -> dict[str, str]:
        return {}  # nothing is left there that could be looked at

    def wait(self) -> Ending:
        try:
            ending = self._follow()
        except RunfoldError:
            with suppress(RunfoldError):
                self._backend.call("POST", f"jobs/{self._job}/stop")
            raise
        with suppress(RunfoldError):
            self._backend.call("DELETE", f"jobs/{self._job}")
        return ending

    def _follow(self) -> Ending:
        pause_s = LOOK_S
        is_away = False
        while True:
            try:
                if self._cancelled.is_set() and not self._is_stop_said:
                    self._backend.call("POST", f"jobs/{self._job}/stop")
                    self._is_stop_said = True
                state = self._backend.state(self._job)
                is_new = self._read_log()
                is_away = False
            except Unavailable as error:
                if not is_away:
                    self._tell(f"{error.message} The job goes on there; it is looked for again and again.")
                is_away = True
                self._cancelled.wait(QUIET_S)
                continue
            if state is None:
                return Ending(exit_code=-9, reason="the Ray cluster does not know the job any more: was it restarted?")
            if state["status"] in _OVER:
                return self._over(state)
            self._note(state)
            pause_s = LOOK_S if is_new or self._is_stop_said else min(pause_s * 1.3, QUIET_S)
            time.sleep(pause_s) if self._is_stop_said else self._cancelled.wait(pause_s)

    def _read_log(self) -> bool:
        """Pass on what is new; whether there was something."""
        try:
            logs = self._backend.call("GET", f"jobs/{self._job}/logs").get("logs") or ""
        except NotFound:
            return False
        announced = self._take_token(logs)
        new, self._seen = logs[self._seen :].replace(announced, "", 1), max(self._seen, len(logs))
        if new:
            self._output(new.encode())
        return bool(new)

    def _take_token(self, logs: str) -> str:
        """Have the token accepted that was announced; the first one alone, for the command begins after it.

        Returns:
            The line that said so; empty: there is none that is new.
        """
        found = _ANNOUNCED.search(logs) if self._awaited is not None else None
        if self._awaited is None or found is None:
            return ""
        self._awaited.accept(found[1])
        self._awaited = None
        return found[0]

    def _note(self, state: dict[str, Any]) -> None:
        said = f"Ray: job {self._job} is {state['status']}"
        if state["status"] == "PENDING" and state.get("message"):
            said += f" ({state['message']})"
        if said != self._told:
            self._tell(said)
            self._told = said

    def _over(self, state: dict[str, Any]) -> Ending:
        if state["status"] == "SUCCEEDED":
            return Ending(exit_code=0, reason="finished")
        if self._cancelled.is_set() or state["status"] == "STOPPED":
            reason = "cancelled" if self._cancelled.is_set() else "stopped in Ray"
            return Ending(exit_code=-15, reason=reason, is_cancelled=True)
        code = state.get("driver_exit_code")
        if code is None:
            return Ending(exit_code=-9, reason=f"Ray: {str(state.get('message') or 'the job failed')[:1000]}")
        return Ending(exit_code=code, reason=explain(code))
