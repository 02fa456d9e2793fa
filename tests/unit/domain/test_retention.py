"""What a rule means, beside a plain reading of its sentence, one run at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runfold.domain.retention import DAY_MS, Candidate, RetentionRule, Why, decide

NOW_MS = 100 * DAY_MS


def runs() -> st.SearchStrategy[list[Candidate]]:
    one = st.builds(
        Candidate,
        run_id=st.text("abcdef", min_size=1, max_size=4),
        group=st.sampled_from(["", "p", "q"]),
        value=st.none() | st.sampled_from([0.0, 0.5, 1.0, float("inf"), -float("inf")]),
        start_time_ms=st.integers(0, 3),
        age_from_ms=st.integers(60, 100).map(lambda day: day * DAY_MS),
        is_running=st.booleans(),
        is_protected=st.booleans(),
        is_registered=st.booleans(),
    )
    return st.lists(one, unique_by=lambda one: one.run_id, max_size=25)


def stays(rule: RetentionRule, one: Candidate, everybody: list[Candidate], *, descending: bool) -> Why | None:
    """Count, for this run alone, how many of its group go before it."""
    group = [other for other in everybody if other.group == one.group]
    newer = [o for o in group if (-o.start_time_ms, o.run_id) < (-one.start_time_ms, one.run_id)]
    better = [
        o
        for o in group
        if o.value is not None
        and one.value is not None
        and ((o.value > one.value if descending else o.value < one.value) or (o.value == one.value and o in newer))
    ]
    if one.is_running:
        return Why.RUNNING
    if one.is_protected:
        return Why.PROTECTED
    if one.is_registered:
        return Why.REGISTERED
    if one.value is not None and len(better) < rule.keep_best:
        return Why.BEST
    if len(newer) < rule.keep_last:
        return Why.LAST
    return Why.YOUNG if NOW_MS - one.age_from_ms < rule.after_days * DAY_MS else None


@given(
    everybody=runs(),
    keep_best=st.integers(0, 4),
    keep_last=st.integers(0, 4),
    after_days=st.integers(0, 45),
    descending=st.booleans(),
)
def test_every_run_stays_or_goes_as_the_sentence_says(
    everybody: list[Candidate], keep_best: int, keep_last: int, after_days: int, descending: bool
) -> None:
    rule = RetentionRule(name="r", keep_best=keep_best, keep_last=keep_last, after_days=after_days)
    decided = decide(rule, everybody, descending=descending, now_ms=NOW_MS)
    assert [one.candidate for one in decided] == everybody
    assert [one.why for one in decided] == [stays(rule, one, everybody, descending=descending) for one in everybody]


@given(everybody=runs(), keep_best=st.integers(0, 3), keep_last=st.integers(0, 3), descending=st.booleans())
def test_a_second_pass_finds_nothing_more(
    everybody: list[Candidate], keep_best: int, keep_last: int, descending: bool
) -> None:
    """So a pass that was killed loses nothing, and the next one finds what is left."""
    rule = RetentionRule(name="r", keep_best=keep_best, keep_last=keep_last, after_days=10)
    first = decide(rule, everybody, descending=descending, now_ms=NOW_MS)
    left = [one.candidate for one in first if one.why is not None]
    assert all(one.why is not None for one in decide(rule, left, descending=descending, now_ms=NOW_MS))
