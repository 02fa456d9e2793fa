"""Commands of entry points: from a template and values to an argument vector.

A value is never part of a text that something parses. Where the template is a plain command it becomes one argument, or
part of one; where the template needs a shell (pipes, `&&`, variables), the shell gets the values as positional
parameters, quoted as the template's own quotes ask for. So no value can end its argument and begin a command.
"""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Iterator, Mapping, Sequence

from runfold.domain.project import NAME
from runfold.errors import InvalidValue

_SHELL_SYNTAX = re.compile(r"[|&;<>()$`*?\[\]#~!\n]|^\s*\w+=")
# Private characters stand for the values while the template is split; see `_split`.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


def placeholders(template: str) -> tuple[str, ...]:
    """Names in braces, in order, each once. `{{` and `}}` are braces themselves.

    Raises:
        InvalidValue: braces do not match, or hold something that is no name.
    """
    return tuple(dict.fromkeys(name for _, name in _pieces(template) if name is not None))


def argument_vector(template: str, values: Mapping[str, str], extra: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The command with its values.

    Args:
        values: by name; every placeholder must have one.
        extra: options that are appended as `--name value`, as MLflow does with parameters that no file declares.

    Raises:
        InvalidValue: a placeholder has no value, quotes are not closed, or the command is empty.
    """
    parts: list[str] = []
    found: list[str] = []
    for literal, name in _pieces(template):
        if _OPEN in literal or _CLOSE in literal:
            raise InvalidValue("The command holds a private-use character, which it cannot.")
        parts.append(literal)
        if name is not None:
            if name not in values:
                raise InvalidValue(f"The command uses {{{name}}}, for which there is no value.")
            parts.append(f"{_OPEN}{len(found)}{_CLOSE}")
            found.append(values[name])
    for name, value in extra:
        if not NAME.fullmatch(name):
            raise InvalidValue(f"{name!r} is no name of a parameter.")
        parts.append(f" --{name} {_OPEN}{len(found)}{_CLOSE}")
        found.append(value)
    text = "".join(parts)
    words = _with_shell(text, found) if _SHELL_SYNTAX.search(_outside_quotes(text)) else _split(text, found)
    if not words:
        raise InvalidValue("The command of the entry point is empty.")
    return words


def shown(vector: Sequence[str]) -> str:
    """A command line as a person would type it."""
    return shlex.join(vector)


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    """Literal texts, each with the placeholder behind it."""
    try:
        for literal, name, spec, conversion in string.Formatter().parse(template):
            if name is not None and (spec or conversion or not NAME.fullmatch(name)):
                raise ValueError(f"{{{name}}} is no placeholder")
            yield literal, name
    except ValueError as error:
        raise InvalidValue(
            f"The command cannot be read: {error}. A parameter stands in braces, as in {{alpha}}; a brace itself is "
            "written twice."
        ) from None


def _split(text: str, values: Sequence[str]) -> tuple[str, ...]:
    """A plain command, split at its spaces; values are put into the words afterwards."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidValue(f"The command cannot be read: {error}.") from None
    return tuple(_MARK.sub(lambda mark: values[int(mark[1])], word) for word in words)


def _with_shell(text: str, values: Sequence[str]) -> tuple[str, ...]:
    script: list[str] = []
    quote = ""
    position = 0
    for mark in _MARK.finditer(text):
        quote = _quote_after(text[position : mark.start()], quote)
        script.append(text[position : mark.start()])
        place = f"${{{int(mark[1]) + 1}}}"
        script.append({"": f'"{place}"', '"': place, "'": f"'\"{place}\"'"}[quote])
        position = mark.end()
    script.append(text[position:])
    return ("bash", "-c", "".join(script), "runfold", *values)


def _quote_after(text: str, quote: str) -> str:
    """The kind of quote that is open behind a text: none, `"` or `'`."""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif not quote and character in "'\"":
            quote = character
        elif character == quote:
            quote = ""
    return quote


def _outside_quotes(text: str) -> str:
    """What a shell would look at for its own signs: text that no quotes enclose, and all of `"..."` but its spaces.

    Within double quotes only `$` and backquotes mean something.
    """
    kept: list[str] = []
    quote = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif not quote and character in "'\"":
            quote = character
        elif character == quote:
            quote = ""
        elif not quote or (quote == '"' and character in "$`"):
            kept.append(character)
    return "".join(kept)
