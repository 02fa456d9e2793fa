from runfold.errors import InvalidFilter, NotFound, QueueFull, RunfoldError


def test_a_filter_error_shows_the_place_in_the_text():
    error = InvalidFilter("expected a value", text="metrics.loss <", position=14)

    assert str(error).splitlines() == [
        "expected a value (at character 15)",
        "  metrics.loss <",
        "  " + " " * 14 + "^",
    ]


def test_errors_keep_their_facts():
    missing = NotFound("run", "abc")

    assert (missing.kind, missing.key) == ("run", "abc")
    assert isinstance(missing, LookupError)
    assert isinstance(missing, RunfoldError)
    assert QueueFull(5).retry_after_s == 1.0
