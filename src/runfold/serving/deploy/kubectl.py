"""kubectl: the cluster is reached with the user's own program and configuration, never through a shell."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from runfold.errors import InvalidValue, MissingDependency, NotFound, Unavailable

_FORWARDED = re.compile(r"127\.0\.0\.1:(\d+)")
_TIMEOUT_S = 120


class Kubectl:
    """Commands in one namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def apply(self, manifests: Sequence[dict[str, Any]]) -> None:
        """Make or change objects."""
        document = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
        self._run(["apply", "--filename", "-"], msgspec.json.encode(document))

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """Raises NotFound: there is no such object."""
        found = msgspec.json.decode(self._run(["get", kind, "--output", "json", "--", name], missing=(kind, name)))
        assert isinstance(found, dict)
        return found

    def find(self, kind: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        found = msgspec.json.decode(self._run(["get", kind, "--selector", selector, "--output", "json"]))
        return list(found["items"])

    def delete(self, kind: str, name: str) -> None:
        """Raises NotFound: there is no such object."""
        self._run(["delete", kind, "--", name], missing=(kind, name))

    @contextmanager
    def forwarded(self, service: str) -> Iterator[str]:
        """An address of this machine that leads to a service of the cluster."""
        command = [self._program(), "--namespace", self.namespace, "port-forward", f"service/{service}", ":80"]
        with subprocess.Popen(  # noqa: S603 (own words, no shell)
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                found = _FORWARDED.search(line)
                if not found:
                    raise Unavailable(f"kubectl cannot reach the service {service!r}: {line.strip()[:300]}")
                yield f"http://127.0.0.1:{found.group(1)}"
            finally:
                process.terminate()

    def _run(self, arguments: list[str], content: bytes | None = None, missing: tuple[str, str] | None = None) -> bytes:
        command = [self._program(), "--namespace", self.namespace, *arguments]
        try:
            done = subprocess.run(  # noqa: S603 (own words, no shell)
                command, input=content, capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"kubectl gave no answer within {_TIMEOUT_S} s.") from None
        if done.returncode == 0:
            return done.stdout
        said = done.stderr.decode(errors="replace").strip()[-500:]
        if missing and "NotFound" in said:
            raise NotFound(*missing)
        if "refused" in said or "Unable to connect" in said or "no such host" in said:
            raise Unavailable(f"kubectl cannot reach the cluster: {said}")
        raise InvalidValue(f"kubectl refused: {said}")

    def _program(self) -> str:
        found = shutil.which("kubectl")
        if found is None:
            raise MissingDependency("kubectl", needed_for="Deploying to Kubernetes", extra="serving")
        return found
