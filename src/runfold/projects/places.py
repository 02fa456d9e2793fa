"""YAML whose every value knows its line, so that a mistake is told where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import yaml

from runfold.errors import InvalidValue

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20


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
        """The values of a mapping by key; nothing at all counts as an empty one."""
        if self.is_nothing:
            return {}
        if not isinstance(self._node, yaml.MappingNode):
            self.error(f"{self._name} must be a mapping of names to values.")
            return {}
        found: dict[str, Place] = {}
        for key, value in self._node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            place = Place(value, self._problems, f"{self._name}.{name}" if self._name else name)
            if name in found:
                place.error(f"{place._name} is given twice.")
            found[name] = place
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
            return float(text)
        except ValueError:
            self.error(f"{self._name} is {text!r}; it must be a number.")
            return None

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


def compose(text: str, problems: Problems) -> Place | None:
    """The whole document; None when it is empty or no YAML, which is noted."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidValue(f"The file has {len(text)} characters; at most {MAX_CHARACTERS} are read.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        problems._found.append(Problem(line=line, message=f"This is not valid YAML: {error.problem}."))
        return None
    except yaml.YAMLError as error:
        problems._found.append(Problem(line=1, message=f"This is not valid YAML: {error}."))
        return None
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
    raise InvalidValue(f"The file nests values more than {MAX_DEPTH} deep.")


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
