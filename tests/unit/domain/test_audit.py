"""A chain in which nothing can be changed unnoticed."""

from __future__ import annotations

import msgspec
import pytest

from runfold.domain.audit import (
    NO_DIGEST,
    Act,
    AuditHead,
    AuditRecord,
    Broken,
    ChainCheck,
    Result,
    digest_of,
    parse_anchor,
)
from runfold.errors import InvalidValue


def chain_of(n: int, previous: str = NO_DIGEST) -> list[AuditRecord]:
    records = []
    for number in range(1, n + 1):
        act = Act(user="ann", action="runs/delete", object=f"run:{number}")
        previous = digest_of(previous, number, 1000 + number, act)
        records.append(AuditRecord(number=number, time_ms=1000 + number, act=act, digest=previous))
    return records


def head_of(records: list[AuditRecord]) -> AuditHead:
    return AuditHead(number=records[-1].number, digest=records[-1].digest)


def broken_at(records: list[AuditRecord], head: AuditHead | None = None, *anchors: tuple[int, str]) -> int:
    check = ChainCheck(anchors=anchors)
    try:
        check.follow(records)
        check.end(head)
    except Broken as broken:
        return broken.number
    return 0


def test_an_untouched_chain_holds() -> None:
    records = chain_of(5)
    check = ChainCheck(anchors=[(3, records[2].digest)])
    check.follow(records[:2])
    check.follow(records[2:])
    check.end(head_of(records))
    assert check.n_records == 5


@pytest.mark.parametrize(
    "change",
    [
        {"user": "ben"},
        {"token": "x"},
        {"address": "x"},
        {"action": "runs/get"},
        {"object": "run:9"},
        {"detail": "x"},
        {"result": Result.FAILED},
        {"status": 200},
        {"n_times": 2},
        {"request_id": "x"},
    ],
)
def test_every_field_is_under_the_digest(change: dict[str, object]) -> None:
    records = chain_of(5)
    records[2] = msgspec.structs.replace(records[2], act=msgspec.structs.replace(records[2].act, **change))
    assert broken_at(records) == 3


def test_the_time_is_under_the_digest_and_so_is_the_order() -> None:
    records = chain_of(4)
    assert broken_at([records[0], msgspec.structs.replace(records[1], time_ms=5), *records[2:]]) == 2
    swapped = [
        records[0],
        msgspec.structs.replace(records[2], number=2),
        msgspec.structs.replace(records[1], number=3),
        records[3],
    ]
    assert broken_at(swapped) == 2


def test_a_record_that_is_gone_is_named() -> None:
    records = chain_of(5)
    assert broken_at(records[:2] + records[3:]) == 3
    assert broken_at(records[1:]) == 1


def test_a_cut_end_is_noticed_by_the_head_and_with_a_forged_head_by_an_anchor() -> None:
    records = chain_of(5)
    assert broken_at(records[:3], head_of(records)) == 4
    kept = parse_anchor(head_of(records).anchor)
    assert broken_at(records[:3], head_of(records[:3]), kept) == 4


def test_a_chain_that_was_written_anew_is_noticed_by_an_anchor() -> None:
    honest, forged = chain_of(5), []
    previous = NO_DIGEST
    for record in honest:
        act = msgspec.structs.replace(record.act, user="nobody")
        previous = digest_of(previous, record.number, record.time_ms, act)
        forged.append(msgspec.structs.replace(record, act=act, digest=previous))
    check = ChainCheck()
    check.follow(forged)
    check.end(head_of(forged))  # by itself it looks right
    assert broken_at(forged, head_of(forged), parse_anchor(head_of(honest[:4]).anchor)) == 4


def test_the_digest_never_changes() -> None:
    """Exports of earlier releases have to stay verifiable."""
    act = Act(user="ann", token="rft_abcd ci", action="runs/delete", object="run:é", status=403, result=Result.REFUSED)
    assert (
        digest_of(NO_DIGEST, 1, 1_700_000_000_000, act)
        == "a8e07979c9568778b255be8957901bc9fe113d837dfed064967a9c6061105e3f"
    )


@pytest.mark.parametrize("text", ["", "1", "1:", "x:" + NO_DIGEST, "1:abc", "-1:" + NO_DIGEST])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_anchor(text)
