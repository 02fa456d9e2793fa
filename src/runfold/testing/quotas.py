"""The suite of quotas, for a fixture `store` of an administrator; `testing.stores` goes without it."""

from __future__ import annotations

import pytest

from runfold.domain.quota import DEFAULT, DEFAULT_OF_WORKSPACES, NO_LIMIT, Owner, OwnerKind, Quota, Usage
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique

PASSWORD = "correct horse battery"  # noqa: S105 - of users that tests make


@pytest.fixture
def owner(store: TrackingStore) -> Owner:
    return Owner(OwnerKind.USER, store.create_user(unique("user"), password=PASSWORD).name)


def test_who_has_no_quota_is_limited_as_the_default_has_it(store: TrackingStore, owner: Owner) -> None:
    store.set_quota(DEFAULT, Quota(max_runs=7, max_requests_per_s=2.5))
    store.set_quota(owner, Quota(max_bytes=1000))
    found = store.get_usage(owner.name)
    assert (found.n_runs, found.n_bytes, found.n_requests) == (0, 0, 0)
    assert found.own == Quota(max_bytes=1000)
    assert found.limits == Quota(max_runs=7, max_bytes=1000, max_points=-1, max_requests_per_s=2.5)
    store.set_quota(owner, Quota(max_runs=NO_LIMIT))
    store.set_quota(DEFAULT, Quota())
    assert store.get_usage(owner.name).limits == Usage(owner=owner).limits


def test_a_workspace_without_a_quota_is_limited_as_the_default_of_workspaces_has_it(
    store: TrackingStore, owner: Owner
) -> None:
    name = unique("team")
    workspace = Owner(OwnerKind.WORKSPACE, name)
    store.create_workspace(name)
    default = Quota(max_runs=1000, max_bytes=2**40, max_requests_per_s=500.0)
    try:
        set_now = store.set_quota(DEFAULT_OF_WORKSPACES, default)
        assert (set_now.owner, set_now.own) == (DEFAULT_OF_WORKSPACES, default)
        (found,) = store.list_workspace_usage([name])
        assert (found.own, found.limits) == (Quota(), default.or_default(Quota()))
        assert store.get_usage(owner.name).limits == Usage(owner=owner).limits, "it is not for users"
        store.set_quota(workspace, Quota(max_runs=NO_LIMIT, max_points=5))
        (found,) = store.list_workspace_usage([name])
        assert found.limits == Quota(max_runs=NO_LIMIT, max_bytes=2**40, max_points=5, max_requests_per_s=500.0)
    finally:
        store.set_quota(DEFAULT_OF_WORKSPACES, Quota())
        store.delete_workspace(name)


def test_usage_lists_the_defaults_first_and_every_user(store: TrackingStore, owner: Owner) -> None:
    listed = [one.owner for one in store.list_usage()]
    assert listed[:2] == [DEFAULT, DEFAULT_OF_WORKSPACES]
    assert owner in listed


@pytest.mark.parametrize(
    "quota", [Quota(max_runs=-2), Quota(max_bytes=-5), Quota(max_requests_per_s=0), Quota(max_bytes=2**63)]
)
def test_what_can_be_no_limit_is_refused(store: TrackingStore, owner: Owner, quota: Quota) -> None:
    with pytest.raises(InvalidValue):
        store.set_quota(owner, quota)
    assert store.get_usage(owner.name).own == Quota()


def test_quotas_are_for_users_who_are_there(store: TrackingStore) -> None:
    with pytest.raises(NotFound):
        store.set_quota(Owner(OwnerKind.USER, unique("nobody")), Quota(max_runs=1))
    with pytest.raises(NotFound):
        store.get_usage(unique("nobody"))


def test_a_workspace_has_a_quota_of_its_own_which_goes_with_it(store: TrackingStore) -> None:
    name = unique("team")
    workspace = Owner(OwnerKind.WORKSPACE, name)
    store.create_workspace(name)
    quota = Quota(max_runs=3, max_points=100)
    set_now = store.set_quota(workspace, quota)
    assert (set_now.owner, set_now.own) == (workspace, quota)
    assert store.list_workspace_usage([name]) == (set_now,)
    assert workspace in [one.owner for one in store.list_workspace_usage()]
    assert workspace not in [one.owner for one in store.list_usage()]
    store.delete_workspace(name)
    store.create_workspace(name)
    assert store.list_workspace_usage([name])[0].own == Quota()
    store.delete_workspace(name)
    with pytest.raises(NotFound):
        store.list_workspace_usage([name])
    with pytest.raises(NotFound):
        store.set_quota(workspace, quota)
