"""Which records somebody may read, as searches take it."""

from __future__ import annotations

import msgspec

from runfold.domain.access.grants import folders_of


class Visible(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of one kind somebody may read.

    Attributes:
        by_default: those that nothing else decides on.
        folders: per folder of names; the innermost decides.
        records: per id or name of a record; goes before folders.
        within: only what this includes, too.
    """

    by_default: bool
    folders: dict[str, bool] = {}
    records: dict[str, bool] = {}
    within: Visible | None = None

    def includes(self, key: str, name: str) -> bool:
        if self.within is not None and not self.within.includes(key, name):
            return False
        found = self.records.get(key)
        if found is None:
            found = next((self.folders[folder] for folder in folders_of(name) if folder in self.folders), None)
        return self.by_default if found is None else found

    @property
    def is_all(self) -> bool:
        return self.within is None and self.by_default and all(self.folders.values()) and all(self.records.values())

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is included, whatever it is called; of what is not limited by something else."""
        return not (self.by_default or any(self.folders.values()) or any(self.records.values()))


ALL_VISIBLE = Visible(by_default=True)

NONE_VISIBLE = Visible(by_default=False)
