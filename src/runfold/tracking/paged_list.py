"""A page of results that is a plain list to whoever iterates over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class PagedList(list[T], Generic[T]):
    """
    Attributes:
        token: pass it as `page_token` for the next page; empty on the last one.
    """

    def __init__(self, items: Iterable[T], token: str) -> None:
        super().__init__(items)
        self.token = token
