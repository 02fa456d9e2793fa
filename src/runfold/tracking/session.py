"""One tracking store as this process uses it: its address, its store, its sender, its spools."""

from __future__ import annotations

import logging
import os
import platform
import threading
from pathlib import Path

from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.location import ServerAccess, parse_location
from runfold.artifacts.open import open_artifacts
from runfold.artifacts.transfer import upload_file
from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.ids import RunId
from runfold.errors import Unavailable
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store
from runfold.stores.rest.access import access_to
from runfold.tracking import address, settings
from runfold.tracking.delivery import Delivery
from runfold.tracking.left_spool import take_left_spools
from runfold.tracking.records import Operation, SpoolInfo, encode
from runfold.tracking.recovery import deliver_left
from runfold.tracking.sender import Channel, Sender
from runfold.tracking.spool import Spool

_PROXIED = "mlflow-artifacts:"

_log = logging.getLogger("runfold")


class Session:
    """Safe from any thread. Nothing is opened or contacted before it is needed.

    Attributes:
        uri: the tracking URI, absolute and without secrets.
        spool_folder: where this process keeps unsent records.
        is_known_unavailable: the user has been told that the store does not answer just now.
    """

    def __init__(self, uri: str, client_settings: ClientSettings) -> None:
        self.uri = address.without_secrets(uri)
        self.settings = client_settings
        self.is_remote = address.is_remote(uri)
        self.spool_folder = settings.spool_folder(client_settings, is_remote=self.is_remote)
        self.is_known_unavailable = False
        self._full_uri = uri
        self._inherited: list[TrackingStore | None] = []
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._store: TrackingStore | None = None
        self._sender: Sender | None = None
        self._channels: dict[RunId, Channel] = {}
        self._artifact_uris: dict[RunId, str] = {}

    @property
    def full_uri(self) -> str:
        """The tracking URI with the user and password that it came with: for connections, never for records."""
        return self._full_uri

    @property
    def is_offline(self) -> bool:
        return self.settings.offline

    @property
    def store(self) -> TrackingStore:
        """Raises Unavailable in offline mode, and what opening a store raises."""
        if self.is_offline:
            raise Unavailable(f"Offline mode is on, so {self.uri} is not asked. Switch it off with RUNFOLD_OFFLINE=0.")
        with self._lock:
            if self._store is None:
                if self.is_remote:
                    from runfold.stores.rest.store import RestStore  # brings an HTTP client, unneeded elsewhere

                    self._store = RestStore(self._full_uri, self.settings)
                else:
                    self._store = open_store(self._full_uri)
                if self.settings.workspace:
                    self._store = self._store.in_workspace(self.settings.workspace)
            return self._store

    def say_unavailable(self, error: Unavailable) -> None:
        """Tell once per outage that a run is recorded in the spool alone; offline, that is what was asked for."""
        if not self.is_offline and not self.is_known_unavailable:
            self.is_known_unavailable = True
            _log.warning("%s Recording goes to %s until the server answers.", error.message, self.spool_folder)

    def open_channel(
        self, run_id: RunId, first: tuple[Operation, ...] = (), *, artifact_uri: str = "", ends_with_us: bool = True
    ) -> Channel:
        """A spool for a run, on its way to the store (in offline mode it stays where it is).

        Args:
            first: records to begin with.
            artifact_uri: where the run keeps files; empty: the store will tell.
        """
        if artifact_uri:
            self._artifact_uris[run_id] = artifact_uri
        info = SpoolInfo(
            tracking_uri=self.uri,
            run_id=run_id,
            host=platform.node(),
            pid=os.getpid(),
            ends_with_writer=ends_with_us,
        )
        spool = self._open_spool(info)
        for operation in first:
            spool.append(encode(operation))
        channel = Channel(spool, Delivery(spool, lambda: self.store, self.put_file))
        if not self.is_offline:
            self._running_sender().add(channel)
        with self._lock:
            self._channels[run_id] = channel
        return channel

    def _open_spool(self, info: SpoolInfo) -> Spool:
        folders = (self.spool_folder, *settings.spare_spool_folders())
        for folder in folders:
            try:
                return Spool(folder, info, max_buffered=self.settings.max_buffered_points)
            except OSError as error:
                _log.warning("The spool folder %s cannot be used: %s.", folder, error)
        raise Unavailable(
            f"No spool could be made in {', '.join(map(str, folders))}. Free some space, or name another "
            "folder in RUNFOLD_SPOOL_DIR."
        )

    def _running_sender(self) -> Sender:
        with self._lock:
            if self._sender is None:
                self._sender = Sender(
                    lambda: self.store,
                    place=self.uri,
                    interval_s=self.settings.flush_interval_s,
                    heartbeat_interval_s=self.settings.heartbeat_interval_s,
                )
                self._sender.start()
                threading.Thread(target=self._send_left, name="runfold-recovery", daemon=True).start()
            return self._sender

    def flush(self, channel: Channel, timeout_s: float | None = None) -> None:
        """Wait until what the channel holds is durable: in the store, or on disk when offline.

        Raises:
            Unavailable: it is not, and why.
        """
        if self.is_offline:
            channel.spool.sync_to_disk()
        else:
            self._running_sender().flush(channel, self.settings.end_timeout_s if timeout_s is None else timeout_s)

    def flush_all(self, timeout_s: float | None = None) -> None:
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            self.flush(channel, timeout_s)

    def finish(self, channel: Channel) -> None:
        """The run is over: the spool goes once it is empty, and stays for `runfold sync` when offline."""
        channel.is_open = False
        with self._lock:
            self._channels.pop(channel.run_id, None)
            if channel.spool.is_delivered:
                self._artifact_uris.pop(channel.run_id, None)
            sender = self._sender
        if sender is None:
            channel.spool.close()
        else:
            sender.retire(channel)

    def send_left(self, run_id: RunId = "") -> None:
        """Deliver what dead processes, such as forked workers, left of a run (empty: of all runs of this store).

        Raises:
            RunfoldError: something was not delivered, and stays.
        """
        for left in take_left_spools(self.spool_folder, run_id=run_id):
            try:
                if left.info.tracking_uri == self.uri:
                    deliver_left(left, self.store, self.put_file)
            finally:
                left.close()

    def _send_left(self) -> None:
        try:
            self.send_left()
        except Exception:  # a background thread: nothing is lost, and `runfold sync` says what is wrong
            _log.debug("spools of earlier processes were not sent", exc_info=True)

    def open_files(self, artifact_uri: str) -> ArtifactStore:
        """The artifact store of a run."""
        return open_artifacts(self.reachable(artifact_uri), server=self._server_access())

    @property
    def file_root(self) -> str:
        """Where the files lie that a server would keep; it has a setting `artifacts` of the same meaning."""
        if self.settings.artifacts:
            return parse_location(self.settings.artifacts).uri
        return address.artifact_folder(self._full_uri).as_uri()

    def reachable(self, artifact_uri: str) -> str:
        """Where files lie, seen from here: without a server, what it would serve is a folder beside the records."""
        if self.is_remote or not artifact_uri.startswith(_PROXIED):
            return artifact_uri
        path = artifact_uri.removeprefix(_PROXIED).strip("/")
        return f"{self.file_root.rstrip('/')}/{path}"

    def _server_access(self) -> ServerAccess | None:
        if not self.is_remote:
            return None
        access = access_to(self._full_uri)
        return ServerAccess(
            uri=access.base_url,
            headers=access.headers,
            ca_file=access.ca_file or None,
            client_cert_file=access.client_cert_file or None,
            verify=access.verify,
        )

    def put_file(self, run_id: RunId, copy: Path, path: str) -> None:
        """Upload a queued file, and remove the copy. Twice is harmless."""
        if copy.exists():
            if run_id not in self._artifact_uris:
                self._artifact_uris[run_id] = self.store.get_run(run_id).info.artifact_uri
            with self.open_files(self._artifact_uris[run_id]) as target:
                upload_file(target, copy, ArtifactPath(path))
            copy.unlink(missing_ok=True)

    def forget_after_fork(self) -> None:
        """In a forked child: leave files and connections to the parent and begin anew."""
        for channel in self._channels.values():
            channel.spool.abandon()
        # Kept, so that no collector closes in this process what the parent works with.
        self._inherited.append(self._store)
        self._begin()

    def close(self) -> None:
        """Stop the sender and close the store. Spools that are not delivered stay on disk."""
        with self._lock:
            sender, self._sender = self._sender, None
            store, self._store = self._store, None
        if sender is not None:
            sender.stop()
        if store is not None:
            store.close()
