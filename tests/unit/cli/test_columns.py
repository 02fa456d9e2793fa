import pytest

from runfold.cli.columns import asked_fields, quote


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        ("loss", "loss"),
        ("val/accuracy", "val/accuracy"),
        ("mlflow.source.name", "mlflow.source.name"),
        ("loss.min", "`loss.min`"),
        ("two words", "`two words`"),
        ("tick`s", "`tick``s`"),
        ("trailing.", "`trailing.`"),
    ],
)
def test_keys_are_quoted_when_they_must_be(key, spelled):
    assert quote(key) == spelled


def test_fields_of_a_search_come_back_as_they_are_spelled():
    filter = "metrics.`loss.min`.max > 1 and not (params.lr < 1 or tags.a.b = 'x') and run_name = 'y'"

    assert asked_fields(filter, ["metrics.acc DESC"]) == [
        "metrics.acc",
        "metrics.`loss.min`.max",
        "params.lr",
        "tags.a.b",
    ]
