from __future__ import annotations

from runfold.tracking.buffer import Buffer


def test_records_come_back_in_their_order_and_whole() -> None:
    buffer = Buffer(10)
    for record in (b"aaaa", b"bb", b"cccccc"):
        assert buffer.append(record)

    assert buffer.head(1) == b"aaaa"
    assert buffer.head(7) == b"aaaabb"
    buffer.drop(6)
    assert (buffer.head(100), len(buffer)) == (b"cccccc", 1)


def test_a_full_buffer_counts_what_it_drops() -> None:
    buffer = Buffer(2)

    assert [buffer.append(b"x") for _ in range(5)] == [True, True, False, False, False]
    assert (len(buffer), buffer.n_dropped) == (2, 3)
