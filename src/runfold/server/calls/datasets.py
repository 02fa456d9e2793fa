"""Calls about the datasets of a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import datasets as m

MAX_RESULTS = 1000


def list_datasets(services: Services, request: m.ListDatasets) -> m.ListDatasetsReply:
    check_max_results(request.max_results, MAX_RESULTS)
    page = services.store.list_datasets(
        name=request.name, text=request.text, max_results=request.max_results, page_token=request.page_token
    )
    return m.ListDatasetsReply(
        datasets=tuple(map(convert.dataset_version_out, page.items)), next_page_token=page.next_token
    )


def get(services: Services, request: m.DatasetRef) -> m.DatasetReply:
    return m.DatasetReply(dataset=convert.dataset_out(services.store.get_dataset(request.name, request.digest)))


ANSWERS: Mapping[str, Answer] = {
    "datasets/list": list_datasets,
    "datasets/get": get,
}
