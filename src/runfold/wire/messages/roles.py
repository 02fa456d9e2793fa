"""What a role is called."""

from __future__ import annotations

import enum


class RoleName(enum.StrEnum):
    """`domain.access.Role` by name; the order is that of its numbers, from 0."""

    NONE = "none"
    READER = "reader"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"
