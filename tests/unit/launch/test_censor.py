from hypothesis import given
from hypothesis import strategies as st

from runfold.launch.censor import Censor

SECRETS = ("hunter22", "hunter22-long", "äöüß")


@given(st.lists(st.sampled_from([b"x", b" ", *(secret.encode() for secret in SECRETS)])), st.data())
def test_no_secret_gets_through_however_the_output_is_cut(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    censor = Censor(SECRETS)

    shown = b"".join([*map(censor.clean, pieces), censor.rest()])

    assert not any(secret.encode() in shown for secret in SECRETS)
    assert shown.count(b"x") == text.count(b"x")
    assert shown.count(b"***") == sum(part not in (b"x", b" ") for part in parts)


def test_short_secrets_and_none_leave_the_output_alone() -> None:
    assert Censor(["a"]).clean(b"banana") == b"banana"
    assert Censor(()).clean(b"banana") == b"banana"
