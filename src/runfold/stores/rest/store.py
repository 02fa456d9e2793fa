"""The store of a server, put together from its resources."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.config import ClientSettings
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.run import PurgeReport
from runfold.stores.base import RecordsSize, StoreLoad
from runfold.stores.rest.access import access_to
from runfold.stores.rest.accounts import RestAccounts
from runfold.stores.rest.audit import RestAudit
from runfold.stores.rest.connection import Connection
from runfold.stores.rest.experiments import RestExperiments
from runfold.stores.rest.groups import RestGroups
from runfold.stores.rest.jobs import RestJobs
from runfold.stores.rest.keys import RestKeys, RestViews
from runfold.stores.rest.models import RestLoggedModels, RestModels
from runfold.stores.rest.projects import RestProjects
from runfold.stores.rest.promotions import RestPromotions
from runfold.stores.rest.quotas import RestQuotas
from runfold.stores.rest.retention import RestRetention
from runfold.stores.rest.runs import RestRuns
from runfold.stores.rest.secrets import RestSecrets
from runfold.stores.rest.series import RestSeries
from runfold.stores.rest.targets import RestTargets
from runfold.stores.rest.webhooks import RestWebhooks
from runfold.stores.rest.workspaces import RestWorkspaces
from runfold.wire.encode import encode
from runfold.wire.messages import housekeeping
from runfold.wire.messages.base import Empty


class RestStore(
    RestWorkspaces,
    RestExperiments,
    RestRuns,
    RestSeries,
    RestKeys,
    RestViews,
    RestJobs,
    RestTargets,
    RestSecrets,
    RestProjects,
    RestModels,
    RestPromotions,
    RestLoggedModels,
    RestWebhooks,
    RestAccounts,
    RestGroups,
    RestAudit,
    RestQuotas,
    RestRetention,
):
    """`TrackingStore` behind HTTP.

    A server's purge removes the files it can reach itself: `PurgeReport.artifact_uris` names the others.
    """

    def __init__(self, uri: str, settings: ClientSettings) -> None:
        """Contacts nobody yet. Raises InvalidValue when `uri` is no address of a server."""
        access = access_to(uri)
        self.uri = access.base_url
        self._connection = Connection(access, timeout_s=settings.request_timeout_s)

    def purge(
        self,
        *,
        run_ids: Sequence[RunId] = (),
        experiment_ids: Sequence[ExperimentId] = (),
        older_than_ms: int | None = None,
        dry_run: bool = True,
    ) -> PurgeReport:
        # `dry_run` is always sent: a message leaves out defaults, and a server's may differ one day.
        request = {
            "run_ids": tuple(run_ids),
            "experiment_ids": tuple(experiment_ids),
            "older_than_ms": older_than_ms,
            "dry_run": dry_run,
        }
        reply = self._connection.call("purge", encode(request), housekeeping.PurgeReply)
        return PurgeReport(
            n_experiments=reply.n_experiments,
            n_runs=reply.n_runs,
            n_points=reply.n_points,
            n_models=reply.n_models,
            n_held=reply.n_held,
            n_files=reply.n_files,
            n_bytes=reply.n_bytes,
            artifact_uris=reply.unreachable,
            is_dry_run=reply.is_dry_run,
        )

    def measure_records(self) -> RecordsSize:
        reply = self._connection.call("storage/records", Empty(), housekeeping.MeasureRecordsReply)
        return RecordsSize(n_bytes=reply.n_bytes, n_free_bytes=reply.n_free_bytes)

    def ping(self) -> None:
        self._connection.call("server/info", Empty(), housekeeping.ServerInfo)

    def load(self) -> StoreLoad:
        """Nothing waits here: a write has been answered when its call returns."""
        return StoreLoad(n_waiting=0, limit=0, n_units=0, n_commits=0)

    def close(self) -> None:
        self._connection.close()
