import pytest

from runfold.errors import InvalidValue, LimitExceeded
from runfold.projects.grid import combinations, list_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b,a", ("a", "b")),
        ("0.1,0.2", ("0.1", "0.2")),
        ("1..4", ("1", "2", "3", "4")),
        ("0..1 by 0.25", ("0", "0.25", "0.5", "0.75", "1")),
        ("0.001..1 x 10", ("0.001", "0.01", "0.1", "1")),
        ("0..1 in 5, 9", ("0", "0.25", "0.5", "0.75", "1", "9")),
        ("0..0.3 by 0.1", ("0", "0.1", "0.2", "0.3")),
        ("../data/one.csv,../data/two.csv", ("../data/one.csv", "../data/two.csv")),
    ],
)
def test_lists_and_ranges(text: str, values: tuple[str, ...]) -> None:
    assert list_values(text) == values


@pytest.mark.parametrize("text", ["", " , ", "2..1", "0..1 by 0", "0..1 x 10", "1..5 in 1", "1..5 in 2.5", "1.1.1..2"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        list_values(text)


@pytest.mark.parametrize("text", ["1..1001", "0..1 by 1e-300", "0..1 in 1e9", "1e-300..1e300 x 1.0001"])
def test_too_many_values_are_refused_before_they_are_made(text: str) -> None:
    with pytest.raises(LimitExceeded):
        list_values(text)


def test_all_combinations_the_last_name_fastest() -> None:
    rows = combinations({"a": ("1", "2"), "b": ("x", "y")})
    assert rows == ({"a": "1", "b": "x"}, {"a": "1", "b": "y"}, {"a": "2", "b": "x"}, {"a": "2", "b": "y"})
    assert combinations({}) == ({},)
    with pytest.raises(LimitExceeded):
        combinations({"a": ("1",) * 40, "b": ("2",) * 40})
