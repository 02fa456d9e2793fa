"""YAML whose every value knows its line, so that a mistake is told where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from runfold.errors import InvalidValue

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20

_MERGE = "tag:yaml.org,2002:merge"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong in a file.

    Attributes:
        line: 1-based.
        is_error: the file cannot be used; otherwise it can, but does not say what its author may think.
    """

    line: int
    message: str
    is_error: bool = True


class Problems:
    """Gathers what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def error(self, place: Place, message: str) -> None:
        self._found.append(Problem(line=place.line, message=message))

    def warning(self, place: Place, message: str) -> None:
        self._found.append(Problem(line=place.line, message=message, is_error=False))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found, key=lambda problem: problem.line))


class Place:
    """A value in a YAML file.

    Accessors of the wrong kind note an error and give an empty value, so that reading goes on to the next mistake.
    """

    def __init__(self, node: yaml.Node, problems: Problems, name: str) -> None:
        self._node = node
        self._problems = problems
        self._name = name

    @property
    def line(self) -> int:
        return int(self._node.start_mark.line) + 1

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_nothing(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.tag == "tag:yaml.org,2002:null"

    def error(self, message: str) -> None:
        self._problems.error(self, message)

    def warning(self, message: str) -> None:
        self._problems.warning(self, message)

    def fields(self) -> dict[str, Place]:
        """The values of a mapping by key, with those that `<<` takes over; nothing at all counts as an empty one."""
        if self.is_nothing:
            return {}
        if not isinstance(self._node, yaml.MappingNode):
            self.error(f"{self._name or 'The file'} must be a mapping of names to values.")
            return {}
        found: dict[str, Place] = {}
        taken_over: list[Place] = []
        for key, value in self._node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            place = Place(value, self._problems, f"{self._name}.{name}" if self._name else name)
            if key.tag == _MERGE:
                taken_over += place.items()
                continue
            if name in found:
                place.error(f"{place._name} is given twice.")
            found[name] = place
        for place in taken_over:
            found = place.fields() | found
        return found

    def items(self) -> list[Place]:
        """The values of a list; one value alone counts as a list of one."""
        if isinstance(self._node, yaml.SequenceNode):
            return [
                Place(node, self._problems, f"{self._name}[{index}]") for index, node in enumerate(self._node.value)
            ]
        return [] if self.is_nothing else [self]

    def text(self) -> str:
        """A scalar as it is written, so that `1.10` and `no` stay what the author typed."""
        if isinstance(self._node, yaml.ScalarNode):
            return "" if self.is_nothing else str(self._node.value)
        self.error(f"{self._name} must be a single value.")
        return ""

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def number(self) -> float | None:
        text = self.text()
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        self.error(f"{self._name} is {text!r}; it must be a number.")
        return None

    def amount(self) -> float:
        """A number from 0; 0 where it is none."""
        number = self.number() or 0.0
        if number < 0:
            self.error(f"{self._name} is {number:g}; it must be a number from 0.")
        return max(number, 0.0)

    def flag(self) -> bool:
        text = self.text().lower()
        if text not in ("true", "false", "yes", "no", "on", "off"):
            self.error(f"{self._name} is {text!r}; it must be true or false.")
        return text in ("true", "yes", "on")

    def only(self, *known: str) -> dict[str, Place]:
        """`fields`, with a warning for each that nothing reads."""
        found = self.fields()
        for name in found.keys() - set(known):
            found[name].warning(f"{found[name]._name} is not known here and has no effect; known: {', '.join(known)}.")
        return found


def text_of(path: Path) -> str:
    """What a file says.

    Raises:
        InvalidValue: it is no plain file, too long, or not UTF-8.
    """
    if not path.is_file():
        raise InvalidValue(f"{path.name} {'is no plain file' if path.exists() else 'is not there'}.")
    with path.open("rb") as opened:
        content = opened.read(MAX_CHARACTERS + 1)
    if len(content) > MAX_CHARACTERS:
        raise InvalidValue(f"{path.name} is too long: at most {MAX_CHARACTERS} bytes are read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidValue(f"{path.name} is not UTF-8: see line {line}. Save it in that encoding.") from None


def compose(text: str, problems: Problems) -> Place | None:
    """The whole document; None when it is empty or no YAML, which is noted."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        problems._found.append(Problem(line=line, message=f"This is not valid YAML: {error.problem}."))
        return None
    except yaml.YAMLError as error:
        reason = str(error).partition("\n")[0]
        problems._found.append(Problem(line=1, message=f"This is not valid YAML: {reason}."))
        return None
    except RecursionError:
        raise _too_deep() from None
    if node is None:
        return None
    _check_depth(node)
    return Place(node, problems, "")


def _check_depth(root: yaml.Node) -> None:
    """Aliases may point back to what holds them; nothing here needs to go deep."""
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if len(level) > MAX_CHARACTERS:
            break
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidValue:
    return InvalidValue(f"The file nests values more than {MAX_DEPTH} deep.")


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
