"""What the parts of the SQL store build on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from runfold.hosting.passwords import PasswordChecker
from runfold.hosting.sealing import Sealer
from runfold.stores.sql.committer import Unit

T = TypeVar("T")


class StorePart(ABC):
    """One resource of the store; `SqlStore` joins them and brings the database, and the key of secrets in it."""

    _sealer: Sealer
    _passwords: PasswordChecker

    @abstractmethod
    def _read(self, query: Callable[[sa.Connection], T]) -> T: ...

    @abstractmethod
    def _write(self, unit: Unit[T], *, lane: object = None) -> T:
        """Args: lane: units of one lane run one after the other."""
