"""Columns of a server's experiments, and saved views."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.ids import ExperimentId
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.view import SavedView
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import keys, views
from runfold.wire.messages.base import Empty


class RestKeys:
    _connection: Connection

    def search_keys(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        kinds: Sequence[KeyKind] = (),
        text: str = "",
        max_results: int = 1000,
    ) -> tuple[KeyStats, ...]:
        request = keys.SearchKeys(
            experiment_ids=tuple(experiment_ids),
            kinds=tuple(map(convert.key_kind_out, kinds)),
            text=text,
            max_results=max_results,
        )
        reply = self._connection.call("keys/search", request, keys.SearchKeysReply)
        return tuple(map(convert.key_stats_in, reply.keys))

    def search_key_values(
        self,
        experiment_ids: Sequence[ExperimentId],
        kind: KeyKind,
        key: str,
        *,
        text: str = "",
        max_results: int = 50,
    ) -> tuple[tuple[str, int], ...]:
        request = keys.SearchKeyValues(
            experiment_ids=tuple(experiment_ids),
            kind=convert.key_kind_out(kind),
            key=key,
            text=text,
            max_results=max_results,
        )
        reply = self._connection.call("keys/values", request, keys.SearchKeyValuesReply)
        return tuple((found.value, found.n_runs) for found in reply.values)


class RestViews:
    _connection: Connection

    def save_view(self, *, scope: str, name: str, state: str, view_id: str | None = None) -> SavedView:
        request = views.SaveView(scope=scope, name=name, state=state, view_id=view_id)
        reply = self._connection.call("views/save", request, views.ViewReply, is_repeatable=view_id is not None)
        return convert.view_in(reply.view)

    def get_view(self, view_id: str) -> SavedView:
        reply = self._connection.call("views/get", views.ViewRef(view_id=view_id), views.ViewReply)
        return convert.view_in(reply.view)

    def list_views(self, scope: str) -> tuple[SavedView, ...]:
        reply = self._connection.call("views/list", views.ListViews(scope=scope), views.ListViewsReply)
        return tuple(map(convert.view_in, reply.views))

    def delete_view(self, view_id: str) -> None:
        self._connection.call("views/delete", views.ViewRef(view_id=view_id), Empty, is_repeatable=False)
