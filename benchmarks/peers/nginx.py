"""A plain file server, the yardstick for artifacts: what the machine can move over HTTP."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class PlainFileServer:
    name = "nginx"
    health_path = "/ready"

    def find(self) -> bool:
        """Whether nginx is at hand; root installs it where it is missing."""
        self._program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if self._program is None and os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(["apt-get", "install", "-qq", "-y", "nginx-light"], capture_output=True)
            self._program = shutil.which("nginx", path="/usr/sbin")
        return self._program is not None

    def prepare(self, data: Path, port: int) -> list[str]:
        """Write its configuration into an empty folder; returns the command that serves the folder."""
        files = data / "files"
        files.mkdir()
        (files / "ready").write_text("ok")
        user = "user root;\n" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"    {kind}_temp_path {data}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (data / "nginx.conf").write_text(
            f"{user}daemon off;\nworker_processes 1;\npid {data}/pid;\nerror_log {data}/error.log;\n"
            "events {}\nhttp {\n    access_log off;\n    sendfile on;\n    client_max_body_size 0;\n"
            f"{temporary}    server {{\n        listen 127.0.0.1:{port};\n        root {files};\n"
            "        dav_methods PUT;\n        create_full_put_path on;\n    }\n}\n"
        )
        return [str(self._program), "-c", str(data / "nginx.conf"), "-e", str(data / "error.log")]

    def artifact_path(self, name: str) -> str:
        return f"/{name}"
