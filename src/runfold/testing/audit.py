"""The suite of the audit, for a fixture `store` of a server's records (`ServedStore`), as SQL stores are."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from runfold.domain.audit import Act, AuditRecord, ChainCheck, Result
from runfold.errors import AlreadyExists, InvalidFilter, InvalidState, InvalidValue, NotFound
from runfold.search.evaluate import matches
from runfold.search.fields import AUDIT
from runfold.search.parser import parse_filter
from runfold.stores.audit import AuditQuery
from runfold.stores.base import ServedStore
from runfold.testing.stores.records import unique


def _always(act: Act, result: object) -> list[Act]:
    return [act]


def check(store: ServedStore) -> ChainCheck:
    """That the whole chain holds."""
    head = store.audit_head()
    chain = ChainCheck(head.archived, head.archived_digest)
    chain.follow(everything(store))
    chain.end(head)
    return chain


def everything(store: ServedStore) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    after = 0
    while some := store.read_audit(after=after, max_results=100):
        records += some
        after = some[-1].number
    return records


def test_a_write_and_what_it_did_are_recorded_together(store: ServedStore) -> None:
    user, name = unique("user"), unique("experiment")
    noted = store.noting(lambda result: [Act(user=user, action="make", object=f"experiment:{result}")])
    experiment_id = noted.create_experiment(name)
    (record,) = store.search_audit(AuditQuery(filter=f"user = '{user}'")).items
    assert record.act == Act(user=user, action="make", object=f"experiment:{experiment_id}")
    check(store)


def test_only_the_next_write_is_noted(store: ServedStore) -> None:
    user = unique("user")
    noted = store.noting(lambda result: [Act(user=user, action="make")])
    noted.create_experiment(unique("experiment"))
    noted.create_experiment(unique("experiment"))
    store.create_experiment(unique("experiment"))
    assert len(store.search_audit(AuditQuery(filter=f"user = '{user}'")).items) == 1


def test_what_did_not_happen_is_not_recorded(store: ServedStore) -> None:
    user, name = unique("user"), unique("experiment")
    store.create_experiment(name)
    with pytest.raises(AlreadyExists):
        store.noting(lambda result: [Act(user=user, action="make")]).create_experiment(name)
    assert store.search_audit(AuditQuery(filter=f"user = '{user}'")).items == ()
    check(store)


def test_writers_at_the_same_time_make_one_chain(store: ServedStore) -> None:
    user = unique("user")

    def write(number: int) -> None:
        for step in range(10):
            act = Act(user=user, action="make", detail=f"{number}/{step}")
            store.noting(partial(_always, act)).create_experiment(unique("experiment"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.search_audit(AuditQuery(filter=f"user = '{user}'", max_results=200)).items
    assert len({record.act.detail for record in found}) == 80
    check(store)


def test_odd_texts_are_kept_as_they_can_be(store: ServedStore) -> None:
    user = unique("user")
    acts = [Act(user=user, action="odd", object=text) for text in ("a\0b", "\ud800", "é ü 漢 🙂", "x" * 5000, "a\nb")]
    store.record_acts(acts).result()
    found = store.search_audit(AuditQuery(filter=f"user = '{user}'")).items
    objects = [record.act.object for record in reversed(found)]
    assert [objects[0], objects[2], objects[4]] == ["a\ufffdb", "é ü 漢 🙂", "a\ufffdb"]
    assert len(objects[3]) < 1000
    check(store)


FILTERS = [
    "user = '{user}'",
    "user = '{user}' AND result != 'allowed'",
    "user = '{user}' AND action LIKE 'runs/%' AND NOT object = 'run:2'",
    "user = '{user}' AND (status >= 400 OR object IN ('run:1', 'run:3'))",
    "user = '{user}' AND detail ILIKE '%ROLE=reader%'",
    "user = '{user}' AND time > '2020-01-01' AND number > 0",
    "user = '{user}' AND time < '2020-01-01'",
    "user = '{user}' AND token IS NULL",
    "who = '{user}' AND what = 'runs/delete'",
]


@pytest.mark.parametrize("text", FILTERS)
def test_filters_mean_what_they_mean_in_memory(store: ServedStore, text: str) -> None:
    user = unique("user")
    acts = [
        Act(user=user, action="runs/delete", object=f"run:{number}", result=result, status=status, detail=detail)
        for number, (result, status, detail) in enumerate(
            [(Result.ALLOWED, 0, ""), (Result.REFUSED, 403, "role=reader"), (Result.FAILED, 500, "Role=READER x")] * 2
        )
    ]
    store.record_acts(acts).result()
    query = text.format(user=user)
    found = store.search_audit(AuditQuery(filter=query, max_results=100)).items
    node = parse_filter(query, AUDIT)
    expected = [record for record in reversed(everything(store)) if matches(node, record)]
    assert list(found) == expected


def test_pages_follow_each_other_newest_first(store: ServedStore) -> None:
    user = unique("user")
    store.record_acts([Act(user=user, action="count", detail=str(number)) for number in range(7)]).result()
    query, details = AuditQuery(filter=f"user = '{user}'", max_results=3), []
    while True:
        page = store.search_audit(query)
        details += [record.act.detail for record in page.items]
        if not page.next_token:
            break
        query = AuditQuery(filter=query.filter, max_results=3, page_token=page.next_token)
    assert details == [str(number) for number in reversed(range(7))]
    with pytest.raises(InvalidValue):
        store.search_audit(AuditQuery(filter="", page_token=query.page_token))


def test_unknown_fields_are_refused_with_those_there_are(store: ServedStore) -> None:
    with pytest.raises(InvalidFilter, match="did you mean 'address'"):
        store.search_audit(AuditQuery(filter="adress = 'x'"))


def test_what_is_archived_goes_and_the_chain_goes_on(store: ServedStore) -> None:
    store.record_acts([Act(action="before", detail=str(number)) for number in range(5)]).result()
    records = everything(store)
    through = records[-2]
    with pytest.raises(InvalidState):
        store.archive_audit(through.number, records[-1].digest)
    with pytest.raises(NotFound):
        store.archive_audit(10**12, through.digest)
    head = store.archive_audit(through.number, through.digest)
    assert (head.archived, head.archived_digest) == (through.number, through.digest)
    assert everything(store) == records[-1:]
    store.record_acts([Act(action="after")]).result()
    assert check(store).n_records == 2
