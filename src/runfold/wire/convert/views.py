"""Saved views."""

from __future__ import annotations

from runfold.domain.view import SavedView
from runfold.wire.messages.views import SavedViewMessage


def view_out(view: SavedView) -> SavedViewMessage:
    return SavedViewMessage(
        view_id=view.view_id,
        scope=view.scope,
        name=view.name,
        state=view.state,
        creation_time_ms=view.creation_time_ms,
        last_update_time_ms=view.last_update_time_ms,
    )


def view_in(message: SavedViewMessage) -> SavedView:
    return SavedView(
        view_id=message.view_id,
        scope=message.scope,
        name=message.name,
        state=message.state,
        creation_time_ms=message.creation_time_ms,
        last_update_time_ms=message.last_update_time_ms,
    )
