"""As much of Kubernetes' API as a Job needs, over real HTTP, for the official client.

No cluster can be had in these tests. What stands in for one keeps objects, starts a pod when its job is not suspended
any more (its volumes as folders, its command as a process of this machine), and tells state and log as the API's
documentation has them.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "cluster-token"


class Pod:
    """A container that runs."""

    def __init__(self, job: dict[str, Any], volumes: dict[str, dict[str, bytes]], result: Path) -> None:
        self.name = f"{job['metadata']['name']}-{uuid.uuid4().hex[:5]}"
        self.labels = job["spec"]["template"]["metadata"]["labels"]
        self.reason = ""
        self.lines: list[str] = []
        self.changed = threading.Condition()
        self._result = result
        container = job["spec"]["template"]["spec"]["containers"][0]
        for mount in container["volumeMounts"]:
            place = Path(mount["mountPath"])
            place.mkdir(parents=True, exist_ok=True)
            for name, content in volumes.get(mount["name"], {}).items():
                (place / name).write_bytes(content)
        self.process = subprocess.Popen(
            container["command"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in iter(self.process.stdout.readline, b""):
            moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + f"{len(self.lines) % 1000:03}Z"
            with self.changed:
                self.lines.append(f"{moment} {line.decode()}")
                self.changed.notify_all()
        self.process.stdout.close()
        self.process.wait()
        with self.changed:
            self.changed.notify_all()

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def described(self) -> dict[str, Any]:
        code = self.process.poll()
        if code is None:
            phase, state = "Running", {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        else:
            phase = "Failed" if code else "Succeeded"
            message = self._result.read_text() if self._result.exists() else ""
            reason = self.reason or ("Error" if code else "Completed")
            state = {
                "terminated": {"exitCode": code if code >= 0 else 128 - code, "reason": reason, "message": message}
            }
        status = {"name": "work", "image": "i", "imageID": "", "ready": True, "restartCount": 0, "state": state}
        return {
            "metadata": {"name": self.name, "labels": self.labels},
            "spec": {"containers": [{"name": "work"}]},
            "status": {"phase": phase, "containerStatuses": [status]},
        }


class KubernetesStub:
    """
    Args:
        home: where `launch.targets.manifests.HOME` and its result lie for the time of the test.
    """

    def __init__(self, result: Path) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.pods: dict[str, Pod] = {}
        self.waiting: dict[str, Any] | None = None
        self.forbidden: set[str] = set()
        self.is_away = False
        self.result = result
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def kubeconfig(self) -> str:
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "stub", "cluster": {"server": address}}],
                "users": [{"name": "me", "user": {"token": TOKEN}}],
                "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "me"}}],
                "current-context": "stub",
            }
        )

    def close(self) -> None:
        for pod in self.pods.values():
            pod.end()
        self._server.shutdown()
        self._server.server_close()

    def create(self, kind: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key = kind, body["metadata"]["name"]
        if key in self.objects:
            return 409, _failure(409, "AlreadyExists", f"{kind} {key[1]!r} already exists")
        body["metadata"]["uid"] = uuid.uuid4().hex
        self.objects[key] = body
        return 201, body

    def unsuspend(self, name: str) -> dict[str, Any]:
        job = self.objects["jobs", name]
        job["spec"]["suspend"] = False
        if self.waiting is None:
            self.pods[name] = Pod(job, self._volumes(job), self.result)
        return job

    def _volumes(self, job: dict[str, Any]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        for volume in job["spec"]["template"]["spec"]["volumes"]:
            content: dict[str, bytes] = {}
            for source in volume.get("projected", {}).get("sources", ()):
                kept = self.objects["configmaps", source["configMap"]["name"]]
                content |= {key: base64.b64decode(value) for key, value in kept.get("binaryData", {}).items()}
                content |= {key: value.encode() for key, value in kept.get("data", {}).items()}
            if "secret" in volume:
                kept = self.objects["secrets", volume["secret"]["secretName"]]
                content |= {key: base64.b64decode(value) for key, value in kept["data"].items()}
            found[volume["name"]] = content
        return found

    def delete_job(self, name: str) -> tuple[int, dict[str, Any]]:
        job = self.objects.get(("jobs", name))
        if job is None:
            return 404, _failure(404, "NotFound", f'jobs.batch "{name}" not found')

        def work() -> None:
            pod = self.pods.get(name)
            if pod is not None:
                pod.end()
                self.pods.pop(name, None)
            uid = job["metadata"]["uid"]
            owned = [
                key
                for key, body in self.objects.items()
                if any(owner["uid"] == uid for owner in body["metadata"].get("ownerReferences", ()))
            ]
            for key in [*owned, ("jobs", name)]:
                self.objects.pop(key, None)

        threading.Thread(target=work, daemon=True).start()
        return 200, job

    def list_pods(self, name: str) -> list[dict[str, Any]]:
        if self.waiting is not None and ("jobs", name) in self.objects:
            return [{"metadata": {"name": "p"}, "status": self.waiting}]
        return [self.pods[name].described()] if name in self.pods else []


def _failure(code: int, reason: str, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message}


def _handler(stub: KubernetesStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def _body(self) -> dict[str, Any]:
            found = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            assert isinstance(found, dict)
            return found

        def _answer(self, code: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _is_refused(self) -> bool:
            if stub.is_away:
                self._answer(503, _failure(503, "ServiceUnavailable", "apiserver is shutting down"))
            elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._answer(401, _failure(401, "Unauthorized", "Unauthorized"))
            else:
                return False
            return True

        def do_POST(self) -> None:
            body = self._body()
            if self._is_refused():
                return
            kind = urlsplit(self.path).path.rpartition("/")[2]
            if kind == "selfsubjectaccessreviews":
                asked = body["spec"]["resourceAttributes"]
                self._answer(201, body | {"status": {"allowed": asked["resource"] not in stub.forbidden}})
            elif kind in stub.forbidden:
                self._answer(403, _failure(403, "Forbidden", f"{kind} is forbidden: no right"))
            else:
                self._answer(*stub.create(kind, body))

        def do_PATCH(self) -> None:
            body = self._body()
            assert body == {"spec": {"suspend": False}}
            if not self._is_refused():
                self._answer(200, stub.unsuspend(self.path.rpartition("/")[2]))

        def do_DELETE(self) -> None:
            self._body()
            if not self._is_refused():
                self._answer(*stub.delete_job(urlsplit(self.path).path.rpartition("/")[2]))

        def do_GET(self) -> None:
            if self._is_refused():
                return
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            names = parts.path.strip("/").split("/")
            if names[-1] == "version":
                fields = [
                    "major",
                    "minor",
                    "gitCommit",
                    "gitTreeState",
                    "buildDate",
                    "goVersion",
                    "compiler",
                    "platform",
                ]
                self._answer(200, dict.fromkeys([*fields, "platform"], "1") | {"gitVersion": "v1.31.0"})
            elif names[-1] == "pods":
                found = stub.list_pods(query["labelSelector"].removeprefix("job-name="))
                self._answer(200, {"kind": "PodList", "items": found})
            elif names[-1] == "log":
                self._log(next(pod for pod in stub.pods.values() if pod.name == names[-2]))
            elif ("jobs", names[-1]) in stub.objects:
                self._answer(200, stub.objects["jobs", names[-1]])
            else:
                self._answer(404, _failure(404, "NotFound", "not found"))

        def _log(self, pod: Pod) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            sent = 0
            while True:
                with pod.changed:
                    if len(pod.lines) == sent and pod.process.poll() is None:
                        pod.changed.wait(0.5)
                    new = "".join(pod.lines[sent:]).encode()
                    sent = len(pod.lines)
                if stub.is_away:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                if new:
                    self.wfile.write(f"{len(new):x}\r\n".encode() + new + b"\r\n")
                elif pod.process.poll() is not None:
                    time.sleep(0.05)
                    if len(pod.lines) == sent:
                        break
            self.wfile.write(b"0\r\n\r\n")

    return Handler
