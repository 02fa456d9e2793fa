"""Saved views of the web UI."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class SavedViewMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        state: JSON text that belongs to the UI.
    """

    view_id: str
    scope: str
    name: str
    state: str
    creation_time_ms: int
    last_update_time_ms: int


class SaveView(Message, frozen=True, kw_only=True):
    """
    Attributes:
        view_id: the view to replace; absent: a new one.
    """

    scope: str
    name: str
    state: str
    view_id: str | None = None


class ViewRef(Message, frozen=True, kw_only=True):
    view_id: str


class ListViews(Message, frozen=True, kw_only=True):
    scope: str


class ViewReply(Message, frozen=True, kw_only=True):
    view: SavedViewMessage


class ListViewsReply(Message, frozen=True, kw_only=True):
    views: tuple[SavedViewMessage, ...]
