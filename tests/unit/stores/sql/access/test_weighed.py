"""Rights that are given again: they are what weighing would give, whatever has changed, and wherever."""

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import NO_RIGHTS, Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.workspace import DeletionMode
from runfold.stores.sql.access.weighed import MANY, WeighedRights
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings(durability="process", fold_interval_s=3600)
ANN, TEAM, EVERYONE = (
    Subject(SubjectKind.USER, "ann"),
    Subject(SubjectKind.GROUP, "team"),
    Subject(SubjectKind.EVERYONE),
)


def folder(number):
    return Place(PlaceKind.FOLDER, f"folder-{number}")


def give(store, subject, place, role):
    store.set_grant(Grant(subject=subject, place=place, role=role))


EXPERIMENT = Place(PlaceKind.EXPERIMENT, "1")
CHANGES = {
    "a role less": lambda store: store.remove_grant(ANN, folder(0)),
    "another role": lambda store: give(store, ANN, folder(1), Role.READER),
    "a denial": lambda store: give(store, ANN, folder(2), Role.NONE),
    "a role more": lambda store: give(store, ANN, Place(PlaceKind.MODEL, "m"), Role.READER),
    "a role of the group": lambda store: give(store, TEAM, folder("of the team"), Role.READER),
    "a denial of everyone": lambda store: give(store, EVERYONE, folder("of everyone"), Role.NONE),
    "the group left": lambda store: store.set_group("team", []),
    "an administrator": lambda store: store.update_user("ann", is_admin=True),
    "another's role": lambda store: give(store, Subject(SubjectKind.USER, "bob"), folder(0), Role.NONE),
    "a workspace gone": lambda store: store.delete_workspace("tenant", mode=DeletionMode.MOVE),
    "a workspace in the trash": lambda store: store.delete_workspace("tenant", mode=DeletionMode.TRASH),
}


@pytest.fixture
def uri(tmp_path):
    return f"sqlite:///{tmp_path}/records.db"


@pytest.fixture
def store(uri):
    """Where `ann` has many grants, and is in a group that has one."""
    store = SqlStore(uri, SETTINGS)
    store.create_workspace("tenant")
    assert store.in_workspace("tenant").create_experiment("theirs") == EXPERIMENT.key
    store.create_registered_model("m")
    for name in ("ann", "bob"):
        store.create_user(name, password="correct horse battery")
    store.set_group("team", ["ann"])
    give(store, TEAM, folder("of the team"), Role.MANAGER)
    give(store, EVERYONE, folder("of everyone"), Role.READER)
    give(store, ANN, EXPERIMENT, Role.READER)
    give(store, ANN, Place(PlaceKind.WORKSPACE, "tenant"), Role.READER)
    for number in range(MANY):
        give(store, ANN, folder(number), Role.CONTRIBUTOR)
    yield store
    store.close()


def rights(store):
    return store.rights_of(store.get_user("ann"), most=Role.MANAGER)


def weighed_anew(uri):
    fresh = SqlStore(uri, SETTINGS)
    try:
        return rights(fresh)
    finally:
        fresh.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_counts_at_once_also_one_of_another_process(uri, store, change):
    before = rights(store)
    other = SqlStore(uri, SETTINGS)
    change(other)
    other.close()

    after = rights(store)

    assert after == weighed_anew(uri)
    assert (after == before) is (change is CHANGES["another's role"])


def test_what_did_not_change_is_not_weighed_again(store):
    before = rights(store)
    store.create_user("carl", password="correct horse battery")

    assert rights(store) is before


def test_a_scope_has_rights_of_its_own(store):
    everything = rights(store)

    reading = store.rights_of(store.get_user("ann"), most=Role.READER)

    assert reading.most != everything.most
    assert rights(store) == everything


def test_who_called_longest_ago_is_forgotten_first():
    weighed, asked = WeighedRights(at_most=2), []

    def call(who):
        return weighed.get(who, (), lambda: asked.append(who) or NO_RIGHTS)

    for who in ("ann", "bob", "ann", "carl", "ann", "bob"):
        call(who)

    assert asked == ["ann", "bob", "carl", "bob"]
