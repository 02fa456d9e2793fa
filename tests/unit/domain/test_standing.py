"""What is told of a role must be what is decided: `report` beside `weigh`, on arbitrary grants."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from runfold.domain.access import (
    BUILT_IN,
    EVERY_ABILITY,
    NOTHING,
    Ability,
    Grant,
    Place,
    PlaceKind,
    Role,
    Subject,
    SubjectKind,
    Token,
    User,
    level_of,
    weigh,
)
from runfold.domain.standing import Change, by_token, report, way_of

EXPERIMENT = Place(PlaceKind.EXPERIMENT, "7")
MODEL = Place(PlaceKind.MODEL, "churn")
NAME = "team/vision/wine"
ANN, BEN = User(number=1, name="ann"), User(number=2, name="ben")
OWN = (Role("promoter", Ability.READ | Ability.PROMOTE), Role("sharer", Ability.READ | Ability.SHARE))
GROUPS = {"ann": frozenset({"vision", "all"}), "ben": frozenset({"all"})}

subjects = st.sampled_from(
    [
        Subject(SubjectKind.USER, "ann"),
        Subject(SubjectKind.USER, "ben"),
        Subject(SubjectKind.GROUP, "vision"),
        Subject(SubjectKind.GROUP, "all"),
        Subject(SubjectKind.GROUP, "others"),
        Subject(SubjectKind.EVERYONE),
    ]
)
places = st.sampled_from(
    [EXPERIMENT, MODEL, Place(PlaceKind.EVERYTHING)]
    + [Place(PlaceKind.FOLDER, key) for key in ("team", "team/vision", "team/other", "te")]
)
named = places.filter(lambda place: place.key)
grants = st.builds(Grant, subject=subjects, place=places, role=st.sampled_from((*BUILT_IN, *OWN)))
many = st.lists(grants, unique_by=lambda grant: (grant.subject, grant.place), max_size=10)


def concerns(grant: Grant, user: User) -> bool:
    return grant.subject in (Subject(SubjectKind.USER, user.name), Subject(SubjectKind.EVERYONE)) or (
        grant.subject.kind is SubjectKind.GROUP and grant.subject.name in GROUPS[user.name]
    )


def decided(user: User, all_grants: list[Grant]) -> dict[Place, Ability]:
    rights = weigh(user, [grant for grant in all_grants if concerns(grant, user)])
    return {EXPERIMENT: rights.on_experiment("7", NAME), MODEL: rights.on_model("churn")}


@given(many)
def test_what_is_told_is_what_is_decided(all_grants: list[Grant]) -> None:
    for place in (EXPERIMENT, MODEL):
        way = way_of(place, NAME)
        on_way = [grant for grant in all_grants if grant.place in way]
        for standing in report(way, on_way, (ANN, BEN), GROUPS).standings:
            assert standing.abilities == decided(standing.user, all_grants)[place]
            together = NOTHING
            for grant in standing.deciding:
                together |= grant.role.abilities
            assert standing.abilities == together
            names = {grant.role.name for grant in standing.deciding}
            assert standing.role in (names if len(names) == 1 else {level_of(together).name})
            assert bool(standing.deciding) == bool(standing.grants)


@given(many, many)
def test_what_a_change_is_told_to_bring_it_brings(all_grants: list[Grant], more: list[Grant]) -> None:
    way = way_of(EXPERIMENT, NAME)
    change = Change(granted=tuple(more[:3]), removed=tuple((one.subject, one.place) for one in all_grants[:2]))
    changed = list(change.applied_to(all_grants))
    on_way = [grant for grant in all_grants if grant.place in way]
    for standing in report(way, on_way, (ANN, BEN), GROUPS, change).standings:
        assert standing.abilities_before == decided(standing.user, all_grants)[EXPERIMENT]
        assert standing.abilities == decided(standing.user, changed)[EXPERIMENT]


def test_administrators_may_do_everything_whatever_is_granted() -> None:
    root = User(number=3, name="root", is_admin=True)
    denied = Grant(subject=Subject(SubjectKind.USER, "root"), place=EXPERIMENT, role=Role.NONE)
    (standing,) = report(way_of(EXPERIMENT, NAME), [denied], [root], {}).standings
    assert (standing.role, standing.abilities) == ("manager", EVERY_ABILITY)
    assert (standing.grants, standing.deciding) == ((denied,), ())


@given(
    many,
    st.sampled_from((*BUILT_IN[1:], *OWN)),
    st.lists(places.filter(lambda place: place.key), max_size=3, unique=True),
)
def test_what_is_told_of_a_token_is_what_is_decided(granted: list[Grant], scope: Role, only: list[Place]) -> None:
    token = Token(token_id="t", user="ann", name="", scope=scope, beginning="", creation_time_ms=0, places=tuple(only))
    own = [grant for grant in granted if concerns(grant, ANN)]
    rights = msgspec.structs.replace(weigh(ANN, own, most=scope.abilities), within=token.places)
    abilities = {EXPERIMENT: rights.on_experiment("7", NAME), MODEL: rights.on_model("churn")}
    for place, decided in abilities.items():
        way = way_of(place, NAME, "default") if place is EXPERIMENT else way_of(place)
        (standing,) = report(way, granted, [ANN], GROUPS).standings
        left = by_token(standing, token, way)
        assert left.abilities == decided
        assert level_of(decided).abilities in left.abilities
        is_elsewhere = bool(only) and not set(only) & set(way)
        assert bool(left.limit) is (left.abilities != standing.abilities or is_elsewhere)
        assert left.role in {standing.role, scope.name, level_of(decided).name}
