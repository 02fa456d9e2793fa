import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runfold.errors import InvalidValue
from runfold.projects.commands import argument_vector, placeholders

VALUES = st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=("Cs",)), max_size=40)


def test_a_plain_command_becomes_its_words_and_a_value_one_of_them() -> None:
    vector = argument_vector("python train.py --alpha={alpha} '{name}'", {"alpha": "1 2; rm -rf x", "name": "$(id)"})

    assert vector == ("python", "train.py", "--alpha=1 2; rm -rf x", "$(id)")


def test_parameters_that_no_file_declares_are_appended_as_options() -> None:
    assert argument_vector("python t.py", {}, [("depth", "-3")]) == ("python", "t.py", "--depth", "-3")


def test_a_brace_is_written_twice() -> None:
    assert argument_vector("echo '{{x}} {a}'", {"a": "1"}) == ("echo", "{x} 1")


@settings(max_examples=60, deadline=None)
@example("'; touch /tmp/never; echo '")
@example('"$(id)"`id`')
@example("\\")
@given(VALUES)
@pytest.mark.parametrize("template", ["printf %s {v} | cat", "printf %s '{v}' | cat", 'printf %s "{v}" | cat'])
def test_a_shell_passes_a_value_on_as_it_is_whatever_quotes_stand_around_it(template: str, value: str) -> None:
    vector = argument_vector(template, {"v": value})

    assert subprocess.run(vector, capture_output=True, check=True).stdout.decode() == value


def test_a_dollar_in_quotes_still_is_the_shells() -> None:
    vector = argument_vector('printf "%s-$NAME" {v}', {"v": "$NAME"})

    done = subprocess.run(vector, capture_output=True, check=True, env={"NAME": "x", "PATH": "/usr/bin:/bin"})
    assert done.stdout == b"$NAME-x"


def test_what_single_quotes_enclose_needs_no_shell() -> None:
    assert argument_vector("echo 'a|b'", {})[0] == "echo"


@pytest.mark.parametrize("template", ["run {a", "run {}", "run {0.x!r}", "run {a:>3}", "run a}", "run '{a}"])
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be read"):
        argument_vector(template, {"a": "1"})


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"\{beta\}"):
        argument_vector("run {beta}", {})


def test_placeholders_come_once_and_in_order() -> None:
    assert placeholders("{b} {a} {b}") == ("b", "a")


def test_an_option_is_never_made_from_a_hostile_name() -> None:
    with pytest.raises(InvalidValue):
        argument_vector("run", {}, [("x; rm", "1")])
