"""Keys of experiments, and saved views."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.errors import InvalidValue, LimitExceeded
from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import keys, views
from runfold.wire.messages.base import Empty

MAX_KEYS = 100_000
MAX_VALUES = 10_000
MAX_VIEW_NAME = 250
MAX_VIEW_SCOPE = 250
MAX_VIEW_STATE = 262_144


def search_keys(services: Services, request: keys.SearchKeys) -> keys.SearchKeysReply:
    check_max_results(request.max_results, MAX_KEYS)
    found = services.store.search_keys(
        request.experiment_ids,
        kinds=[convert.key_kind_in(kind) for kind in request.kinds],
        text=request.text,
        max_results=request.max_results,
    )
    return keys.SearchKeysReply(keys=tuple(convert.key_stats_out(stats) for stats in found))


def search_values(services: Services, request: keys.SearchKeyValues) -> keys.SearchKeyValuesReply:
    check_max_results(request.max_results, MAX_VALUES)
    if request.kind is keys.KeyKindName.METRIC:
        raise InvalidValue("Invalid value 'metric' for parameter 'kind': only params and tags have values to list.")
    found = services.store.search_key_values(
        request.experiment_ids,
        convert.key_kind_in(request.kind),
        request.key,
        text=request.text,
        max_results=request.max_results,
    )
    return keys.SearchKeyValuesReply(values=tuple(keys.KeyValue(value=value, n_runs=n) for value, n in found))


def save_view(services: Services, request: views.SaveView) -> views.ViewReply:
    for field, text, most in (
        ("scope", request.scope, MAX_VIEW_SCOPE),
        ("name", request.name, MAX_VIEW_NAME),
        ("state", request.state, MAX_VIEW_STATE),
    ):
        if len(text) > most:
            raise LimitExceeded(f"The {field} of a view has {len(text)} characters; at most {most} are kept.")
    view = services.store.save_view(
        scope=request.scope, name=request.name, state=request.state, view_id=request.view_id
    )
    return views.ViewReply(view=convert.view_out(view))


def get_view(services: Services, request: views.ViewRef) -> views.ViewReply:
    return views.ViewReply(view=convert.view_out(services.store.get_view(request.view_id)))


def list_views(services: Services, request: views.ListViews) -> views.ListViewsReply:
    return views.ListViewsReply(views=tuple(map(convert.view_out, services.store.list_views(request.scope))))


def delete_view(services: Services, request: views.ViewRef) -> Empty:
    services.store.delete_view(request.view_id)
    return Empty()


ANSWERS: Mapping[str, Answer] = {
    "keys/search": search_keys,
    "keys/values": search_values,
    "views/save": save_view,
    "views/get": get_view,
    "views/list": list_views,
    "views/delete": delete_view,
}
