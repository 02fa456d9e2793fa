"""One page of a longer list."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items, and where the next page begins.

    Attributes:
        items: in the order that was asked for.
        next_token: pass it to the same call for the next page; empty on the last page. Opaque: it holds
            the sort values of the last item, so a page costs the same wherever it lies.
    """

    items: tuple[T, ...] = ()
    next_token: str = ""
