"""Who may learn of which datasets.

A dataset is recorded with the runs that use it, so who reads a run reads of its datasets, and who changes a run records
some. A grant on the dataset itself goes before that, either way: a role opens it, with no run, and a denial hides it in
every run. What is granted on workspaces, folders and experiments reaches datasets through the runs alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from runfold.domain.access import ALL_VISIBLE, NO_AREA, NONE_VISIBLE, Ability, PlaceKind, Rights, Visible

_NO_NAMES: frozenset[str] = frozenset()


class HiddenDatasets(msgspec.Struct, frozen=True):
    """Datasets that somebody is denied: of these they are told nothing.

    Attributes:
        names: by the workspace that they hold in; workspaces with none are left out.
    """

    names: dict[str, frozenset[str]] = {}

    def __bool__(self) -> bool:
        return bool(self.names)

    def in_workspace(self, workspace: str) -> frozenset[str]:
        return self.names.get(workspace, _NO_NAMES)


NOTHING_HIDDEN = HiddenDatasets()


class VisibleDatasets(msgspec.Struct, frozen=True, kw_only=True):
    """Which datasets of one workspace somebody may read, if they are not hidden from them.

    Attributes:
        experiments: what the runs of these use,
        opened: or what is called so, whoever uses it,
        named: or what is called so and used by runs of the experiments `around`.
    """

    experiments: Visible
    opened: frozenset[str] = _NO_NAMES
    named: frozenset[str] = _NO_NAMES
    around: Visible = NONE_VISIBLE


ALL_DATASETS_VISIBLE = VisibleDatasets(experiments=ALL_VISIBLE)


def granted_on_datasets(rights: Rights, workspace: str) -> dict[str, Ability]:
    """What is granted on datasets themselves."""
    return rights.areas.get(workspace, NO_AREA).of(PlaceKind.DATASET)


def hidden_from(rights: Rights) -> HiddenDatasets:
    """The datasets on which the caller is denied, to whatever places a token is limited."""
    if rights.is_admin:
        return NOTHING_HIDDEN
    names = {}
    for workspace, area in rights.areas.items():
        denied = frozenset(name for name, role in area.of(PlaceKind.DATASET).items() if not role)
        if denied:
            names[workspace] = denied
    return HiddenDatasets(names) if names else NOTHING_HIDDEN


def together(some: Iterable[HiddenDatasets]) -> HiddenDatasets:
    """What is hidden from one of several."""
    names: dict[str, frozenset[str]] = {}
    for hidden in some:
        for workspace, denied in hidden.names.items():
            names[workspace] = names.get(workspace, _NO_NAMES) | denied
    return HiddenDatasets(names) if names else NOTHING_HIDDEN


def visible_datasets(rights: Rights, workspace: str) -> VisibleDatasets:
    """Those that are not hidden. A token that is limited to a dataset reads it as its owner does, by a role on it or by
    runs that use it.
    """
    granted = {} if rights.is_admin else granted_on_datasets(rights, workspace)
    named = (p.key for p in rights.within if p.kind is PlaceKind.DATASET and p.workspace == workspace)
    owner = msgspec.structs.replace(rights, within=())
    return VisibleDatasets(
        experiments=rights.visible_experiments(workspace),
        opened=frozenset(name for name in granted if rights.on_record(PlaceKind.DATASET, name, workspace)),
        named=frozenset(named),
        around=owner.visible_experiments(workspace) if rights.within else NONE_VISIBLE,
    )


def may_record(rights: Rights, names: Iterable[str], workspace: str) -> bool:
    """Whether the caller may note that these datasets were used, with records that they may change."""
    granted = granted_on_datasets(rights, workspace)
    if not granted or rights.is_admin:
        return True
    return all(Ability.RECORD in granted.get(name, Ability.RECORD) for name in names)
