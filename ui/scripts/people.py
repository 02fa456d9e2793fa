"""Fills a new store with people and what they have, for pictures: `people.py STORE [USERS] [GROUPS]`."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from itertools import cycle, islice, product

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.identity import Identity, IdentityRules
from runfold.stores.sql.store import SqlStore

PASSWORD = "correct horse battery"  # noqa: S105 - of the pictures
ISSUER = "https://id.example.com"
FIRST = ("ada", "ben", "chiara", "dmitri", "elif", "femi", "grace", "hiro", "ines", "jonas", "kofi", "lena", "mei")
LAST = ("abe", "brandt", "costa", "dubois", "eriksen", "fischer", "garcia", "haddad", "ito", "jansen", "kim", "lopez")
AREAS = ("vision", "speech", "forecasting", "ranking", "fraud", "robotics", "search", "translation")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
DAY_MS = 24 * 3600 * 1000


def names(n: int) -> list[str]:
    pairs = [f"{first}.{last}" for last, first in product(LAST, FIRST)]
    return [pair + (str(number) if number else "") for number in range(1 + n // len(pairs)) for pair in pairs][:n]


def add_people(store: SqlStore, people: list[str]) -> None:
    """Most of them are linked and have no password; the rest were invited just now."""
    for number, name in enumerate(people):
        store.create_user(name, password=PASSWORD if number < 3 else "", is_admin=number == 0)
        if number % 4 != 3:
            link(store, name, f"{1000 + number}")
    store.update_user(people[-1], is_active=False)
    for robot in ("nightly-training", "scoring"):
        store.create_user(robot, is_service=True)


def link(store: SqlStore, name: str, subject: str) -> None:
    shown = f"{name}@example.com"
    store.link_identity(name, issuer=ISSUER, subject=subject, shown=shown)
    store.sign_in_identity(Identity(issuer=ISSUER, subject=subject, name=name, shown=shown), IdentityRules())


def add_groups(store: SqlStore, people: list[str], n: int) -> None:
    for number in range(n):
        area, team = AREAS[number % len(AREAS)], number // len(AREAS)
        members = islice(cycle(people), number * 7, number * 7 + 3 + number % 30)
        store.set_group(f"{area}-{team}" if team else area, sorted(set(members)))


def add_credentials(store: SqlStore) -> None:
    """Of the administrator whom the pictures are taken as."""
    now_ms = time.time_ns() // 1_000_000
    link(store, "root", "1")
    store.create_experiment("vision/digits")
    store.create_registered_model("digits")
    places = [parse_place("folder:vision"), parse_place("model:digits")]
    soon_ms, later_ms = now_ms + 5 * DAY_MS, now_ms + 60 * DAY_MS
    used = store.create_token("root", name="nightly sweep", scope=Role.CONTRIBUTOR, expires_ms=soon_ms, places=places)
    store.find_token(used.secret)
    store.create_token("root", name="laptop", scope=Role.MANAGER, expires_ms=later_ms)
    store.create_token("root", name="dashboard", scope=Role.READER)
    store.begin_session("root", agent=FIREFOX, address="10.0.4.17", lifetime_ms=DAY_MS)


def add_workspaces(store: SqlStore, people: list[str]) -> None:
    for name, text in (("vision", "Everything that looks at pictures"), ("speech", "Recognition, and voices")):
        store.create_workspace(name, description=text)
        place = parse_place(f"workspace:{name}")
        store.set_grant(Grant(subject=parse_subject(f"group:{name}"), place=place, role=Role.CONTRIBUTOR))
        store.set_grant(Grant(subject=parse_subject(f"user:{people[1]}"), place=place, role=Role.MANAGER))


def main(uri: str, n_users: str = "60", n_groups: str = "14") -> None:
    people = names(int(n_users))
    with closing(SqlStore(uri, StoreSettings(durability="process"))) as store:
        store.finish_setup(store.begin_setup(), "root", PASSWORD)
        add_people(store, people)
        add_groups(store, people, int(n_groups))
        add_credentials(store)
        add_workspaces(store, people)


if __name__ == "__main__":
    main(*sys.argv[1:])
