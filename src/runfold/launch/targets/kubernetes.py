"""Clusters of Kubernetes, by the official client: a Job per workload, its log, its end in words, its removal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import urllib3
import yaml
from kubernetes import client, config
from kubernetes.config import ConfigException

from runfold.domain.target import KubernetesSettings, Target
from runfold.errors import InvalidValue, PermissionDenied, RunfoldError, Unauthenticated, Unavailable
from runfold.launch.process import Ending
from runfold.launch.targets import manifests
from runfold.launch.targets.base import Output, Tell, Workload
from runfold.launch.targets.folder import Result
from runfold.launch.targets.host import LOOPBACK
from runfold.launch.targets.ssh import ending_of

LOOK_S = 1.0
GONE_S = 60.0
"""Seconds to wait until what an earlier attempt has left is gone."""
TIMEOUT_S = 30
_SPARE_S = 120

_NOT_FOUND, _UNAUTHORIZED, _FORBIDDEN = 404, 401, 403
# What a waiting container says when waiting does not help.
_HOPELESS = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "ErrImageNeverPull"}


class KubernetesBackend:
    """`launch.targets.base.Backend`.

    Args:
        kubeconfig: its text; None: the user's own, or the service account inside a cluster.
    """

    def __init__(self, target: Target, kubeconfig: str | None = None) -> None:
        self._target = target
        self._settings = target.kubernetes or KubernetesSettings()
        self._api = _client(self._settings, kubeconfig)
        self._jobs = client.BatchV1Api(self._api)
        self._core = client.CoreV1Api(self._api)

    def start(self, work: Workload, *, output: Output, tell: Tell) -> KubernetesExecution:
        space, name = self._settings.namespace, manifests.name_of(work.work_id)
        self._remove_earlier(name)
        pieces = manifests.pieces_of(work)
        if work.timeout_s:
            tell(f"The time limit is kept by the job's supervisor, and {_SPARE_S} s later by the cluster")
        body = manifests.job(work, self._settings, len(pieces))
        if work.timeout_s:
            body["spec"]["activeDeadlineSeconds"] = int(work.timeout_s) + _SPARE_S
        with self._explained():
            made = self._jobs.create_namespaced_job(space, body, _request_timeout=TIMEOUT_S)
            owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": made.metadata.uid}
            for part in manifests.config_maps(work, pieces, owner):
                self._core.create_namespaced_config_map(space, part, _request_timeout=TIMEOUT_S)
            self._core.create_namespaced_secret(space, manifests.secret(work, owner), _request_timeout=TIMEOUT_S)
            self._jobs.patch_namespaced_job(name, space, {"spec": {"suspend": False}}, _request_timeout=TIMEOUT_S)
        tell(f"The cluster has it as job {name} in namespace {space}")
        return KubernetesExecution(self, name, output, tell)

    def check(self, tell: Tell) -> None:
        space = self._settings.namespace
        with self._explained():
            version = client.VersionApi(self._api).get_code(_request_timeout=TIMEOUT_S)
            tell(f"The cluster answers: Kubernetes {version.git_version}")
            for verb, group, resource in (
                ("create", "batch", "jobs"),
                ("delete", "batch", "jobs"),
                ("create", "", "secrets"),
                ("create", "", "configmaps"),
                ("list", "", "pods"),
                ("get", "", "pods/log"),
            ):
                self._check_right(verb, group, resource)
        tell(f"We may start jobs and read their logs in namespace {space}")

    def _check_right(self, verb: str, group: str, resource: str) -> None:
        kind, _, below = resource.partition("/")
        space = self._settings.namespace
        asked = {"namespace": space, "verb": verb, "group": group, "resource": kind, "subresource": below}
        body = {"spec": {"resourceAttributes": asked}}
        review = client.AuthorizationV1Api(self._api).create_self_subject_access_review(
            body, _request_timeout=TIMEOUT_S
        )
        if not review.status.allowed:
            raise PermissionDenied(f"We may not {verb} {resource} in namespace {space}: give the account that right.")

    def reachable_from_there(self, uri: str) -> str:
        """As it is: pods see nothing of this machine's loopback."""
        if urllib3.util.parse_url(uri).host in LOOPBACK:
            raise InvalidValue(
                f"The tracking server listens at {uri}, which no pod reaches. Give the target the address that pods "
                "can use: --server http://host:port."
            )
        return uri

    def close(self) -> None:
        self._api.close()

    def find_job(self, name: str) -> Any:
        """The job; None when it is not there."""
        return self._found(lambda: self._jobs.read_namespaced_job(name, self._space, _request_timeout=TIMEOUT_S))

    def find_pod(self, name: str) -> Any:
        """The pod of a job; None while there is none."""
        with self._explained():
            found = self._core.list_namespaced_pod(
                self._space, label_selector=f"job-name={name}", _request_timeout=TIMEOUT_S
            )
        return found.items[-1] if found.items else None

    def log_lines(self, pod: str) -> Iterator[tuple[str, bytes]]:
        """Lines of a pod's log, each with its moment, until the pod is over or the connection is lost."""
        with self._explained():
            reply = self._core.read_namespaced_pod_log(
                pod,
                self._space,
                container=manifests.CONTAINER,
                follow=True,
                timestamps=True,
                _preload_content=False,
                _request_timeout=(TIMEOUT_S, 300),
            )
            try:
                for line in _lines(reply.stream(16 * 1024)):
                    moment, _, text = line.partition(b" ")
                    yield moment.decode(), text
            finally:
                reply.release_conn()

    def delete(self, name: str) -> None:
        """Remove a job with all that belongs to it; its pod is ended politely first."""
        self._found(
            lambda: self._jobs.delete_namespaced_job(
                name, self._space, propagation_policy="Foreground", _request_timeout=TIMEOUT_S
            )
        )

    def _remove_earlier(self, name: str) -> None:
        end = time.monotonic() + GONE_S
        if self.find_job(name) is not None:
            self.delete(name)
        while self.find_job(name) is not None:
            if time.monotonic() > end:
                raise Unavailable(f"Job {name} of an earlier attempt is not gone after {GONE_S:g} s.")
            time.sleep(LOOK_S / 5)

    @property
    def _space(self) -> str:
        return self._settings.namespace

    def _found(self, call: Callable[[], Any]) -> Any:
        with self._explained():
            try:
                return call()
            except client.ApiException as error:
                if error.status == _NOT_FOUND:
                    return None
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the client as ours."""
        try:
            yield
        except client.ApiException as error:
            raise _explain(error, self._target.name) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(f"The cluster of target {self._target.name!r} does not answer: {error}") from None


class KubernetesExecution:
    """A job of the cluster, followed until it is over."""

    def __init__(self, backend: KubernetesBackend, name: str, output: Output, tell: Tell) -> None:
        self._backend = backend
        self._name = name
        self._output = output
        self._tell = tell
        self._cancelled = threading.Event()
        self._last_moment = ""
        self._told = ""

    def cancel(self) -> None:
        self._cancelled.set()
        # The one who waits may be reading the log, which ends when the pod does.
        self._backend.delete(self._name)

    def packages(self) -> dict[str, str]:
        return {}  # nothing is left there that could be looked at

    def wait(self) -> Ending:
        try:
            ending = self._follow()
        except RunfoldError:
            self._remove()
            raise
        self._remove()
        return ending

    def _follow(self) -> Ending:
        is_away = False
        while True:
            try:
                pod = self._backend.find_pod(self._name)
                if pod is not None and _has_begun(pod):
                    self._read_log(pod)
                    pod = self._backend.find_pod(self._name)
                ending = self._ending(pod)
                is_away = False
            except Unavailable as error:
                ending = None
                if not is_away:
                    self._tell(f"{error.message} The job goes on there; it is looked for again and again.")
                is_away = True
            if ending is not None:
                return ending
            self._cancelled.wait(LOOK_S) if not self._cancelled.is_set() else time.sleep(LOOK_S)

    def _read_log(self, pod: Any) -> None:
        """Pass on what is new: the cluster tells a log from its beginning."""
        for moment, line in self._backend.log_lines(pod.metadata.name):
            if moment > self._last_moment:
                self._last_moment = moment
                self._output(line)

    def _ending(self, pod: Any) -> Ending | None:
        if pod is None:
            if self._cancelled.is_set():
                return Ending(exit_code=-15, reason="cancelled", is_cancelled=True)
            if self._backend.find_job(self._name) is None:
                return Ending(exit_code=-9, reason="somebody removed the job from the cluster")
            return None
        state = _state(pod)
        if state is not None and state.terminated is not None:
            return self._over(state.terminated)
        if pod.status.phase == "Failed":
            said = " ".join(filter(None, [pod.status.reason, pod.status.message]))
            return Ending(exit_code=-9, reason=f"ended by the cluster: {said or 'its pod failed'}")
        return self._waiting(pod, state)

    def _over(self, terminated: Any) -> Ending:
        if terminated.reason == "OOMKilled":
            return Ending(exit_code=-9, reason="killed by the cluster: out of memory")
        if self._cancelled.is_set():
            return Ending(exit_code=terminated.exit_code, reason="cancelled", is_cancelled=True)
        try:
            return ending_of(msgspec.json.decode(terminated.message or "", type=Result))
        except msgspec.MsgspecError:
            return ending_of(Result(exit_code=terminated.exit_code))

    def _waiting(self, pod: Any, state: Any) -> Ending | None:
        waiting = state.waiting if state is not None else None
        why = [waiting.reason or "", waiting.message or ""] if waiting is not None else []
        if not why:
            conditions = pod.status.conditions or []
            why = [one.message for one in conditions if one.status == "False" and one.message][:1]
        said = ": ".join(filter(None, why))
        if waiting is not None and waiting.reason in _HOPELESS:
            return Ending(exit_code=-9, reason=f"the pod cannot start, {said}")
        if said and said != self._told:
            self._tell(f"The pod waits: {said}")
            self._told = said
        return None

    def _remove(self) -> None:
        try:
            self._backend.delete(self._name)
        except RunfoldError as error:
            self._tell(f"Job {self._name} stays in the cluster: {error.message}")


def _client(settings: KubernetesSettings, kubeconfig: str | None) -> client.ApiClient:
    context = settings.context or None
    try:
        if kubeconfig is not None:
            return config.new_client_from_config_dict(yaml.safe_load(kubeconfig), context=context, persist_config=False)
        try:
            return config.new_client_from_config(context=context, persist_config=False)
        except ConfigException:
            if context:
                raise
            inside = client.Configuration()
            config.load_incluster_config(client_configuration=inside)
            return client.ApiClient(inside)
    except (ConfigException, yaml.YAMLError, TypeError, KeyError) as error:
        said = "" if kubeconfig is not None else f" {error}"  # it may hold a token
        raise InvalidValue(
            f"There is no configuration of the cluster that can be used.{said} Name one on the target: "
            "-s kubeconfig=file:~/.kube/config, and the context in it."
        ) from None


def _explain(error: client.ApiException, target: str) -> RunfoldError:
    try:
        said = msgspec.json.decode(error.body or "").get("message", "")
    except (msgspec.MsgspecError, AttributeError):
        said = ""
    said = said or error.reason or f"status {error.status}"
    if error.status == _UNAUTHORIZED:
        return Unauthenticated(f"The cluster of target {target!r} does not know us: {said}. Is the token still valid?")
    if error.status == _FORBIDDEN:
        return PermissionDenied(f"The cluster of target {target!r} does not allow it: {said}")
    if error.status in (429, 500, 502, 503, 504) or not error.status:
        return Unavailable(f"The cluster of target {target!r} cannot answer just now: {said}")
    return InvalidValue(f"The cluster of target {target!r} does not take the job: {said}")


def _state(pod: Any) -> Any:
    """The state of the container; None while there is none."""
    for status in pod.status.container_statuses or []:
        if status.name == manifests.CONTAINER:
            return status.state
    return None


def _has_begun(pod: Any) -> bool:
    state = _state(pod)
    return state is not None and (state.running is not None or state.terminated is not None)


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
