"""Experiments of a server."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.ids import ExperimentId
from runfold.domain.limits import check_experiment_name
from runfold.domain.page import Page
from runfold.domain.states import ViewType
from runfold.errors import NotFound
from runfold.stores.base import ExperimentQuery
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import experiments as messages
from runfold.wire.messages.base import Empty


class RestExperiments:
    _connection: Connection

    def create_experiment(
        self, name: str, *, artifact_location: str = "", tags: Mapping[str, str] | None = None
    ) -> ExperimentId:
        request = messages.CreateExperiment(
            name=name, artifact_location=artifact_location, tags=convert.tags_out(tags or {})
        )
        reply = self._connection.call(
            "mlflow:experiments/create", request, messages.CreateExperimentReply, is_repeatable=False
        )
        return reply.experiment_id

    def get_experiment(self, experiment_id: ExperimentId) -> Experiment:
        request = messages.GetExperiment(experiment_id=experiment_id)
        reply = self._connection.call("mlflow:experiments/get", request, messages.ExperimentReply)
        return convert.experiment_in(reply.experiment)

    def find_experiment_by_name(self, name: str) -> Experiment | None:
        request = messages.GetExperimentByName(experiment_name=name)
        try:
            reply = self._connection.call("mlflow:experiments/get-by-name", request, messages.ExperimentReply)
        except NotFound:
            return None
        return convert.experiment_in(reply.experiment)

    def search_experiments(self, query: ExperimentQuery) -> Page[Experiment]:
        request = messages.SearchExperiments(
            max_results=query.max_results,
            page_token=query.page_token,
            filter=query.filter,
            order_by=query.order_by,
            view_type=convert.view_type_out(query.view_type),
        )
        reply = self._connection.call("mlflow:experiments/search", request, messages.SearchExperimentsReply)
        return Page(tuple(map(convert.experiment_in, reply.experiments)), reply.next_page_token)

    def summarize_experiments(
        self, *, view_type: ViewType = ViewType.ACTIVE_ONLY, n_days: int = 30
    ) -> tuple[ExperimentSummary, ...]:
        request = messages.ListExperiments(view_type=convert.view_type_out(view_type), n_days=n_days)
        reply = self._connection.call("experiments/list", request, messages.ListExperimentsReply)
        return tuple(map(convert.summary_in, reply.experiments))

    def rename_experiment(self, experiment_id: ExperimentId, name: str) -> None:
        check_experiment_name(name)  # the call takes an empty name for "leave it as it is"
        request = messages.UpdateExperiment(experiment_id=experiment_id, new_name=name)
        self._connection.call("mlflow:experiments/update", request, Empty)

    def delete_experiment(self, experiment_id: ExperimentId) -> None:
        request = messages.ExperimentRef(experiment_id=experiment_id)
        self._connection.call("mlflow:experiments/delete", request, Empty, is_repeatable=False)

    def restore_experiment(self, experiment_id: ExperimentId) -> None:
        request = messages.ExperimentRef(experiment_id=experiment_id)
        self._connection.call("mlflow:experiments/restore", request, Empty)

    def discard_experiment(self, experiment_id: ExperimentId) -> bool:
        request = messages.ExperimentRef(experiment_id=experiment_id)
        reply = self._connection.call(
            "experiments/discard", request, messages.DiscardExperimentReply, is_repeatable=False
        )
        return reply.is_gone

    def set_experiment_tag(self, experiment_id: ExperimentId, key: str, value: str) -> None:
        request = messages.SetExperimentTag(experiment_id=experiment_id, key=key, value=value)
        self._connection.call("mlflow:experiments/set-experiment-tag", request, Empty)

    def delete_experiment_tag(self, experiment_id: ExperimentId, key: str) -> None:
        request = messages.DeleteExperimentTag(experiment_id=experiment_id, key=key)
        self._connection.call("mlflow:experiments/delete-experiment-tag", request, Empty, is_repeatable=False)
