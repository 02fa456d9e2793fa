"""Saved views: how somebody left the table and charts of some experiments."""

from __future__ import annotations

import msgspec


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A named state of a page.

    Attributes:
        scope: what the view belongs to, such as `experiment:3`.
        state: JSON text that belongs to the UI.
    """

    view_id: str
    scope: str
    name: str
    state: str
    creation_time_ms: int
    last_update_time_ms: int
