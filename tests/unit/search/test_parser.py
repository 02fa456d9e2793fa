import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.errors import InvalidFilter
from runfold.search import tree
from runfold.search.fields import EXPERIMENTS, RUNS
from runfold.search.parser import MAX_TEXT, parse_filter, parse_order
from runfold.search.tree import Comparison, Field, Group, Kind, Operator, OrderKey, Relation, Statistic

LOSS = Field(group=Group.METRIC, name="loss", kind=Kind.NUMBER)
RUN_NAME = Field(group=Group.ATTRIBUTE, name="run_name", kind=Kind.TEXT)


def param(name: str) -> Field:
    return Field(group=Group.PARAM, name=name, kind=Kind.PARAM)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_filter_holds_for_everything(text):
    assert parse_filter(text, RUNS) == tree.EVERYTHING


@pytest.mark.parametrize("prefix", ["metrics", "metric", "METRICS"])
def test_prefixes_have_the_spellings_of_mlflow(prefix):
    assert parse_filter(f"{prefix}.loss < 0.5", RUNS) == Comparison(LOSS, Operator.LESS, 0.5)


@pytest.mark.parametrize(
    "identifier",
    [
        "run_name",
        "attributes.run_name",
        "attr.run_name",
        "run.run_name",
        "`Run name`",
        "Run Name",
        'attributes."run name"',
    ],
)
def test_the_run_name_has_the_spellings_of_mlflow(identifier):
    assert parse_filter(f"{identifier} = 'a'", RUNS) == Comparison(RUN_NAME, Operator.EQUAL, "a")


@pytest.mark.parametrize(
    ("identifier", "name", "statistic"),
    [
        ("metrics.loss", "loss", Statistic.LAST),
        ("metrics.loss.min", "loss", Statistic.MIN),
        ("metrics.val/loss-1.max", "val/loss-1", Statistic.MAX),
        ("metrics.`loss.min`", "loss.min", Statistic.LAST),
        ('metrics."loss.min".max', "loss.min", Statistic.MAX),
        ("metrics.loss.min.max", "loss.min", Statistic.MAX),
        ("metrics.min", "min", Statistic.LAST),
        ('metrics.`a``b "c`', 'a`b "c', Statistic.LAST),
    ],
)
def test_a_quoted_key_is_taken_whole_and_a_plain_one_may_end_in_a_statistic(identifier, name, statistic):
    expected = Field(group=Group.METRIC, name=name, kind=Kind.NUMBER, statistic=statistic)
    assert parse_filter(f"{identifier} > 1", RUNS) == Comparison(expected, Operator.GREATER, 1.0)


def test_and_binds_stronger_than_or_and_not_strongest():
    a, b, c = (Comparison(param(name), Operator.EQUAL, "1") for name in "abc")

    assert parse_filter("params.a = '1' OR params.b = '1' and NOT params.c = '1'", RUNS) == tree.Any(
        (a, tree.All((b, tree.Not(c))))
    )
    assert parse_filter("(params.a = '1' OR params.b = '1') AND params.c = '1'", RUNS) == tree.All(
        (tree.Any((a, b)), c)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("params.a IN ('x', \"y\")", tree.Membership(param("a"), ("x", "y"))),
        ("params.a not in (1, 2e3)", tree.Membership(param("a"), (1.0, 2000.0), negated=True)),
        ("params.a BETWEEN 1 AND 2", tree.Between(param("a"), 1.0, 2.0)),
        ("params.a NOT BETWEEN -1 AND .5", tree.Between(param("a"), -1.0, 0.5, negated=True)),
        ("params.a IS NULL", tree.Missing(param("a"))),
        ("params.a is not null", tree.Missing(param("a"), negated=True)),
        ("params.a LIKE '%x_'", tree.Like(param("a"), "%x_")),
        ("params.a not ilike 'it''s'", tree.Like(param("a"), "it's", ignores_case=True, negated=True)),
        ("params.a != 'x'", Comparison(param("a"), Operator.DIFFERENT, "x")),
        ("params.and = 'x'", Comparison(param("and"), Operator.EQUAL, "x")),
        ("params.a >= -1.5e-3", Comparison(param("a"), Operator.GREATER_OR_EQUAL, -0.0015)),
        ("params.a < inf", Comparison(param("a"), Operator.LESS, float("inf"))),
    ],
)
def test_every_form_of_a_condition(text, expected):
    assert parse_filter(text, RUNS) == expected


def test_times_are_milliseconds_or_dates():
    started = Field(group=Group.ATTRIBUTE, name="start_time", kind=Kind.TIME)

    assert parse_filter("created > 1000", RUNS) == Comparison(started, Operator.GREATER, 1000)
    assert parse_filter("start_time > '1970-01-01T01:00:02+01:00'", RUNS) == Comparison(started, Operator.GREATER, 2000)


def test_parents_and_children_have_the_same_fields():
    best = Field(group=Group.METRIC, name="x", kind=Kind.NUMBER, statistic=Statistic.MAX, relation=Relation.CHILDREN)
    assert parse_filter("children.metrics.x.max > 0.9", RUNS) == Comparison(best, Operator.GREATER, 0.9)
    assert parse_filter("parent.run_name = 'a'", RUNS) == Comparison(
        Field(group=Group.ATTRIBUTE, name="run_name", kind=Kind.TEXT, relation=Relation.PARENT), Operator.EQUAL, "a"
    )


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("metrics.loss <", "Expected text in quotes, a number or true or false", 14),
        ("metrics.loss = = 1", "Expected text in quotes", 15),
        ("params.a = abc", "text goes in quotes", 11),
        ("params.a = 'abc", "The quote ' is never closed", 11),
        ("run_nme = 'x'", "did you mean 'run_name'?", 0),
        ("metrisc.x = 1", "did you mean 'metric'?", 0),
        ("(status = 'RUNNING'", "Expected ')'", 19),
        ("status = 'a' lost = true", "Expected the end, AND or OR", 13),
        ("params.a > 'x'", "compares params as numbers", 11),
        ("metrics.a = '5'", "write the value without quotes", 12),
        ("metrics.a LIKE '5'", "LIKE compares text", 10),
        ("run_name = 5", "write the value in quotes", 11),
        ("run_name > 'a'", "takes = != LIKE ILIKE IN", 9),
        ("metrics.a > nan", "NaN is neither", 12),
        ("created > 'soon'", "Expected Unix milliseconds, or a date", 10),
        ("lost = 1", "is true or false", 7),
        ("params.a IN ('x', 1)", "either text or numbers", 18),
        ("dataset.color = 'x'", "Unknown property 'color'", 0),
        ("NOT " * 50 + "lost = true", "more than 40 deep", 0),
        ("(" * 8000, "Expected a field", 8000),
        ("a" * (MAX_TEXT + 1), "at most 16384", MAX_TEXT),
        ("run_name = '\x00'", "not text", 12),
        ("run_name = '\ud800'", "not text", 12),
    ],
)
def test_a_mistake_is_explained_with_its_place(text, reason, position):
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text, RUNS)

    assert reason in caught.value.reason
    assert caught.value.position == position


def test_experiments_have_fields_of_their_own():
    name = Field(group=Group.ATTRIBUTE, name="name", kind=Kind.TEXT)
    assert parse_filter("name = 'a'", EXPERIMENTS) == Comparison(name, Operator.EQUAL, "a")
    for text in ("metrics.a > 1", "children.name = 'a'", "status = 'RUNNING'"):
        with pytest.raises(InvalidFilter):
            parse_filter(text, EXPERIMENTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metrics.loss", OrderKey(LOSS)),
        ("metrics.`loss` DESC", OrderKey(LOSS, descending=True)),
        ("run_name asc", OrderKey(RUN_NAME)),
        ("Run Name desc", OrderKey(RUN_NAME, descending=True)),
    ],
)
def test_an_order_is_a_field_and_a_direction(text, expected):
    assert parse_order([text], RUNS) == (expected,)


@pytest.mark.parametrize(
    "texts",
    [["metrics.a b"], [""], ["colour"], ["run_name", "`Run name` DESC"], ["children.run_name"], ["dataset.name"]],
)
def test_an_order_that_means_nothing_is_refused(texts):
    with pytest.raises(InvalidFilter):
        parse_order(texts, RUNS)


def place_of_mistake(parse, text):
    try:
        parse()
    except InvalidFilter as error:
        return error.position
    return len(text)


@given(st.text())
def test_no_text_breaks_the_parser(text):
    assert 0 <= place_of_mistake(lambda: parse_filter(text, RUNS), text) <= len(text)
    assert 0 <= place_of_mistake(lambda: parse_order([text], RUNS), text) <= len(text)


PIECES = ["metrics.a", "params.`b", "c`", 'tags."d"', "run_name", "status", "lost", "=", "!=", "<", ">=", "LIKE", "IN"]
PIECES += ["NOT", "AND", "OR", "(", ")", ",", "'x'", '"y"', "1", "-2.5", "nan", "inf", "true", "BETWEEN", "IS", "NULL"]
PIECES += ["'", '"', "`", ".", "children.", "parent.attributes.status", "created"]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_shuffled_filter_breaks_the_parser(pieces):
    text = " ".join(pieces)
    assert 0 <= place_of_mistake(lambda: parse_filter(text, RUNS), text) <= len(text)
