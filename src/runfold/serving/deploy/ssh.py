"""A host that one logs in to: the files of an image in a folder, a virtual environment, and a service.

The system's own OpenSSH is used, so keys, agents, jump hosts and known hosts are the user's. Where the host has
systemd for users, a unit keeps the model running across crashes and restarts of the machine; elsewhere a supervising
shell loop restarts it after a crash, not after the machine was restarted.

Settings: port (where the model listens, required), host (address it listens on; 127.0.0.1), python (python3).
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from runfold.errors import AlreadyExists, InvalidValue, MissingDependency, NotFound, RunfoldError, Unavailable
from runfold.serving.container.image import write_image_context
from runfold.serving.deploy.base import Config, Deployment, check_name, take, whole

SETTINGS = {"port": "", "host": "127.0.0.1", "python": "python3"}
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_WORD = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/:-]*")
_TIMEOUT_S = 1800
_UNREACHABLE = 255
_MISSING = 44

_INSTALL = """\
set -eu
mkdir -p {home}
cd {home}
rm -rf {release}.new && mkdir {release}.new
tar -xf - -C {release}.new
{python} -m venv {release}.new/venv
{release}.new/venv/bin/python -m pip install --quiet --disable-pip-version-check \\
  --requirement {release}.new/requirements.txt {release}.new/*.whl
mv {release}.new {release}
"""

_UNIT = """\
[Unit]
Description=Model {name}, served by Runfold

[Service]
WorkingDirectory={home}
ExecStart={home}/current/run
Restart=always
RestartSec=2
TimeoutStopSec=40

[Install]
WantedBy=default.target
"""

_RUN = """\
#!/bin/sh
# Written by runfold: serves the model of this release.
cd {home}/current
RUNFOLD_MODEL={home}/current/model RUNFOLD_SERVING_HOST={host} RUNFOLD_SERVING_PORT={port} \\
  exec venv/bin/python entrypoint.py serve
"""

_LOOP = """\
#!/bin/sh
# Written by runfold: restarts the model when it ends, until it is told to stop.
cd {home}
echo $$ > supervisor.pid
trap 'kill "$child" 2>/dev/null; wait "$child"; rm -f supervisor.pid; exit 0' TERM INT
while :; do
  ./current/run >> serving.log 2>&1 &
  child=$!
  wait "$child"
  sleep 2
done
"""

_START = """\
set -eu
cd {home}
chmod +x {release}/run supervise
ln -sfn {release} current.new && mv -T current.new current
if systemctl --user show-environment >/dev/null 2>&1; then
  mkdir -p "$HOME/.config/systemd/user"
  cp unit "$HOME/.config/systemd/user/runfold-{name}.service"
  systemctl --user daemon-reload
  systemctl --user enable --quiet runfold-{name}.service
  systemctl --user restart runfold-{name}.service
else
{stop}
  setsid ./supervise < /dev/null > /dev/null 2>&1 &
fi
for old in release-*; do [ "$old" = {release} ] || rm -rf "$old"; done
"""

_STOP_LOOP = """\
  if [ -f supervisor.pid ]; then
    pid=$(cat supervisor.pid)
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f supervisor.pid
  fi"""

_DELETE = """\
set -eu
cd {home} 2>/dev/null || exit {missing}
if [ -f "$HOME/.config/systemd/user/runfold-{name}.service" ]; then
  systemctl --user disable --quiet --now runfold-{name}.service
  rm -f "$HOME/.config/systemd/user/runfold-{name}.service"
  systemctl --user daemon-reload
else
{stop}
fi
cd .. && rm -rf {home}
"""

_STATE = """\
cd {home} 2>/dev/null || exit {missing}
cat settings
if [ -f "$HOME/.config/systemd/user/runfold-{name}.service" ]; then
  echo "state=$(systemctl --user is-active runfold-{name}.service)"
elif [ -f supervisor.pid ] && kill -0 "$(cat supervisor.pid)" 2>/dev/null; then
  echo state=supervised
else
  echo state=stopped
fi
"""

_PREDICT = """\
cd {home} 2>/dev/null || exit {missing}
exec current/venv/bin/python -c '
import sys, urllib.request, urllib.error
request = urllib.request.Request(sys.argv[1], data=sys.stdin.buffer.read(), headers={{"Content-Type": sys.argv[2]}})
try:
    sys.stdout.buffer.write(urllib.request.urlopen(request, timeout=60).read())
except urllib.error.HTTPError as error:
    sys.stderr.write(error.read().decode(errors="replace")[:500])
    sys.exit(1)
' {url} {content_type}
"""


class RemoteFailed(RunfoldError):
    """A command on the host failed; the message has its last words."""


class SshHost:
    """Args: uri: `ssh://[user@]host[:port][/folder]`; the folder is `~/runfold-models` without one."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        if not parts.hostname or not _HOST.fullmatch(parts.hostname) or parts.query or parts.password:
            raise InvalidValue(f"{uri[:200]!r} is no host: ssh://user@host:port/folder, and no password.")
        if parts.username and not _USER.fullmatch(parts.username):
            raise InvalidValue(f"{parts.username[:60]!r} is no user's name.")
        self._command = ["-o", "BatchMode=yes", *(("-p", str(parts.port)) if parts.port else ())]
        self._host = f"{parts.username}@{parts.hostname}" if parts.username else parts.hostname
        self._folder = shlex.quote(parts.path.rstrip("/")) if parts.path.strip("/") else '"$HOME"/runfold-models'

    def create(self, name: str, model_uri: str, config: Config) -> Deployment:
        settings = _settings(config)
        try:
            self.get(name)
        except NotFound:
            return self._put(name, model_uri, settings)
        raise AlreadyExists("deployment", name, "`runfold deployments update` changes it.")

    def update(self, name: str, model_uri: str, config: Config) -> Deployment:
        """The new release is made complete beside the old one; then the service is started anew with it."""
        before = self.get(name)
        kept = {key: str(before.details[key]) for key in SETTINGS if key in before.details}
        return self._put(name, model_uri or before.model_uri, _settings({**kept, **config}))

    def delete(self, name: str) -> None:
        self._run(_DELETE, name)

    def list_all(self) -> tuple[Deployment, ...]:
        names = self._ssh(f"ls -1 {self._folder} 2>/dev/null || true").decode().split()
        return tuple(self.get(name) for name in sorted(names))

    def get(self, name: str) -> Deployment:
        found = dict(line.partition("=")[::2] for line in self._run(_STATE, name).decode().splitlines())
        state, uri = found.pop("state", "unknown"), found.pop("model_uri", "").strip("'")
        endpoint = f"http://{found.get('host', '127.0.0.1')}:{found.get('port', '')}/invocations"
        return Deployment(name=name, state=state, model_uri=uri, endpoint=endpoint, details=dict(found))

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        """Through the host itself, so that the model may listen on its loopback alone."""
        url = self.get(name).endpoint
        return self._run(_PREDICT, name, body, url=shlex.quote(url), content_type=shlex.quote(content_type))

    def _put(self, name: str, model_uri: str, settings: dict[str, str]) -> Deployment:
        release = f"release-{time.time_ns()}"
        with tempfile.TemporaryDirectory(prefix="runfold-ssh-") as place:
            context = write_image_context(model_uri, Path(place) / "context", name=name)
            archive = Path(place) / "context.tar"
            subprocess.run(["tar", "-cf", archive, "-C", context.folder, "."], check=True)  # noqa: S603, S607
            self._run(_INSTALL, name, archive.read_bytes(), release=release, python=settings["python"])
        home = self._ssh(f"cd {self._home(name)} && pwd").decode().strip()
        if not _WORD.fullmatch(home):
            raise InvalidValue(f"The folder {home!r} has signs that a unit file does not take.")
        lines = "".join(f"{key}={value}\n" for key, value in settings.items())
        files = {
            f"{release}/run": _RUN.format(home=home, **settings),
            "unit": _UNIT.format(home=home, name=name),
            "supervise": _LOOP.format(home=home),
            "settings": f"{lines}model_uri={shlex.quote(model_uri)}\n",
        }
        for path, text in files.items():
            self._ssh(f"cat > {self._home(name)}/{path}", text.encode())
        self._run(_START, name, release=release, stop=_STOP_LOOP)
        return self.get(name)

    def _home(self, name: str) -> str:
        return f"{self._folder}/{check_name(name)}"

    def _run(self, script: str, name: str, content: bytes = b"", **words: str) -> bytes:
        """Run a script for a deployment; every word in it was checked or quoted."""
        filled = {"stop": _STOP_LOOP, "missing": str(_MISSING), **words}
        try:
            return self._ssh(script.format(home=self._home(name), name=name, **filled), content)
        except _Missing:
            raise NotFound("deployment", name) from None

    def _ssh(self, script: str, content: bytes = b"") -> bytes:
        program = shutil.which("ssh")
        if program is None:
            raise MissingDependency("ssh", needed_for="Deploying to a host", extra="serving")
        command = [program, *self._command, "--", self._host, f"sh -c {shlex.quote(script)}"]
        try:
            done = subprocess.run(command, input=content, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise Unavailable(f"{self._host} gave no answer within {_TIMEOUT_S // 60} minutes.") from None
        said = done.stderr.decode(errors="replace").strip()[-500:]
        if done.returncode == _MISSING:
            raise _Missing
        if done.returncode == _UNREACHABLE:
            raise Unavailable(f"{self._host} cannot be reached by ssh: {said}")
        if done.returncode:
            raise RemoteFailed(f"A command on {self._host} failed: {said}")
        return done.stdout


class _Missing(Exception):
    """The folder of a deployment is not there."""


def _settings(config: Config) -> dict[str, str]:
    settings = take(config, SETTINGS)
    if not settings["port"]:
        raise InvalidValue("Say where the model listens: -C port=8080.")
    if whole(settings, "port") > 65535:
        raise InvalidValue(f"The setting 'port' is {settings['port']}; expected 1 to 65535.")
    if not _HOST.fullmatch(settings["host"]):
        raise InvalidValue(f"The setting 'host' is {settings['host'][:60]!r}, which is no address.")
    if not _WORD.fullmatch(settings["python"]):
        raise InvalidValue(f"The setting 'python' is {settings['python'][:60]!r}, which is no program.")
    return settings
