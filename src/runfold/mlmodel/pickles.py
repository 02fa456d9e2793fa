"""Which globals a pickle names, by following its opcodes without executing any.

The opcodes work on a stack; it is followed with texts, numbers, tuples and dicts in place of what the real machine
would hold, since the name of a global may come from the stack and from the memo (`STACK_GLOBAL`). A name that is
computed rather than written down is reported as such: no honest writer makes one.

joblib leaves arrays as raw bytes between the opcodes; where they are is told by the wrapper before them
(joblib 1.6, `numpy_pickle.py`), so that they can be passed over. So are long values: no name is among them, and a few
bytes of a compressed file may unpack to more of them than there is memory.
"""

from __future__ import annotations

import math
import pickletools
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

COMPUTED = ("<computed>", "name")
"""Stands for a global whose name is not written in the pickle."""

_ARRAY_WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_MAX_OPCODES = 50_000_000
_OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
_MAX_KEPT = 4096
"""The most characters of a value that is looked at."""
_MAX_LINE = 4 * 2**20
# Opcodes whose values have a length of any size before them, and how that is written (Python, `pickletools`).
_SIZED = {
    "BINSTRING": "<i",
    "BINUNICODE": "<I",
    "BINUNICODE8": "<Q",
    "BINBYTES": "<I",
    "BINBYTES8": "<Q",
    "BYTEARRAY8": "<Q",
    "LONG4": "<i",
}
_TEXTS = frozenset(
    ["STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"]
)
_NUMBERS = frozenset(["INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"])
_PUTS = frozenset(["PUT", "BINPUT", "LONG_BINPUT"])
_GETS = frozenset(["GET", "BINGET", "LONG_BINGET"])
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_EXTENSIONS = frozenset(["EXT1", "EXT2", "EXT4"])


class MalformedPickle(Exception):
    """The opcodes make no sense, or end too early. Its text says where."""


class _Global(msgspec.Struct):
    module: str
    name: str


class _Object(msgspec.Struct):
    """What a call would have made.

    Attributes:
        state: what `BUILD` would set.
    """

    maker: Any
    arguments: Any
    state: Any = None


_MARK = object()
_OTHER = None


def names_in_pickle(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Module and name of each global, in the order of the opcodes; pickles one after the other are all read.

    Raises:
        MalformedPickle: it cannot be followed to its end. What comes before was given already.
    """
    start = file.tell()
    has_wrapped_arrays = False
    while True:
        machine = _Machine(file)
        yield from machine.run()
        has_wrapped_arrays = has_wrapped_arrays or machine.has_wrapped_arrays
        if not _another_begins(file):
            break
    if has_wrapped_arrays:
        # Plain `pickle.load` does not pass over arrays, and would run what a forged wrapper hides. Numbers of a
        # real array read as opcodes now and then, but never as the written name of a global.
        file.seek(start)
        with suppress(MalformedPickle):
            yield from (name for name in _Machine(file, passes_over_arrays=False).run() if name != COMPUTED)


def _another_begins(file: BinaryIO) -> bool:
    """Old PyTorch files and some caches hold several; raw data after the last is no pickle."""
    here = file.tell()
    start = file.read(2)
    file.seek(here)
    return len(start) == 2 and start[0] == 0x80 and start[1] <= 5


class _Lines:
    """A file as the readers of short arguments see it: a line has an end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read = file.read

    def readline(self) -> bytes:
        return self._file.readline(_MAX_LINE)


class _Machine:
    def __init__(self, file: BinaryIO, *, passes_over_arrays: bool = True) -> None:
        self.has_wrapped_arrays = False
        self._file = file
        self._passes_over_arrays = passes_over_arrays
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._nested: list[tuple[str, str]] = []

    def run(self) -> Iterator[tuple[str, str]]:
        for count, (opcode, argument, position) in enumerate(self._opcodes()):
            if count > _MAX_OPCODES:
                raise MalformedPickle(f"it has more than {_MAX_OPCODES} opcodes")
            try:
                yield from self._step(opcode, argument)
            except IndexError:
                raise MalformedPickle(f"opcode {opcode.name} at byte {position} finds too little") from None
            while self._nested:
                yield self._nested.pop(0)

    def _opcodes(self) -> Iterator[tuple[pickletools.OpcodeInfo, Any, int]]:
        """Like `pickletools.genops`, without holding long values: those are None."""
        while True:
            position = self._file.tell()
            code = self._file.read(1)
            opcode = _OPCODES.get(code.decode("latin-1")) if code else None
            if opcode is None:
                found = f"the unknown opcode {code!r}" if code else "its end before a STOP"
                raise MalformedPickle(f"it has {found} at byte {position}")
            try:
                argument = self._argument(opcode)
            except (ValueError, OverflowError, EOFError, struct.error) as error:
                raise MalformedPickle(str(error)[:200]) from None
            yield opcode, argument, position
            if opcode.name == "STOP":
                return

    def _argument(self, opcode: pickletools.OpcodeInfo) -> Any:
        if opcode.arg is None:
            return None
        if opcode.name not in _SIZED:
            value = opcode.arg.reader(_Lines(self._file))  # type: ignore[arg-type]  # all that its readers ask for
            return None if isinstance(value, str | bytes) and len(value) > _MAX_KEPT else value
        written = _SIZED[opcode.name]
        (length,) = struct.unpack(written, self._file.read(struct.calcsize(written)))
        if length < 0:
            raise ValueError(f"{opcode.name} has the length {length}")
        if length > _MAX_KEPT:
            self._file.seek(length, 1)
            return None
        content = self._file.read(length)
        if len(content) < length:
            raise EOFError(f"{opcode.name} ends after {len(content)} of {length} bytes")
        match opcode.name:
            case "LONG4":
                return int.from_bytes(content, "little", signed=True)
            case "BINSTRING":
                return content.decode("latin-1")
            case "BINUNICODE" | "BINUNICODE8":
                return content.decode("utf-8", "surrogatepass")
        return content

    def _step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> Iterator[tuple[str, str]]:
        stack, name = self._stack, opcode.name
        if name in _TEXTS or name in _NUMBERS:
            stack.append(argument)
        elif name in _PUTS:
            self._memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in _GETS:
            stack.append(self._memo.get(int(argument)))
        elif name in ("GLOBAL", "INST"):
            module, _, attribute = argument.partition(" ")
            if name == "INST":
                self._pop_to_mark()
            stack.append(_Global(module, attribute) if name == "GLOBAL" else _OTHER)
            yield module, attribute
        elif name == "STACK_GLOBAL":
            attribute, module = stack.pop(), stack.pop()
            if isinstance(module, str) and isinstance(attribute, str):
                stack.append(_Global(module, attribute))
                yield module, attribute
            else:
                stack.append(_OTHER)
                yield COMPUTED
        elif name in _EXTENSIONS:
            stack.append(_OTHER)
            yield "copyreg", f"extension {argument}"
        else:
            self._follow(opcode, name, argument)

    def _follow(self, opcode: pickletools.OpcodeInfo, name: str, argument: Any) -> None:
        """Opcodes that name nothing: what matters is what they leave on the stack."""
        stack = self._stack
        match name:
            case "MARK":
                stack.append(_MARK)
            case "DUP":
                stack.append(stack[-1])
            case "POP":
                stack.pop()
            case "POP_MARK":
                self._pop_to_mark()
            case "TUPLE":
                stack.append(tuple(self._pop_to_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                size = _TUPLES[name]
                items = tuple(self._pop() for _ in range(size))[::-1]
                stack.append(items)
            case "EMPTY_TUPLE":
                stack.append(())
            case "EMPTY_DICT":
                stack.append({})
            case "NEWTRUE" | "NEWFALSE":
                stack.append(name == "NEWTRUE")
            case "SETITEM":
                value, key = self._pop(), self._pop()
                _set(stack[-1], [key, value])
            case "SETITEMS":
                pairs = self._pop_to_mark()
                _set(stack[-1], pairs)
            case "REDUCE" | "NEWOBJ":
                arguments, maker = self._pop(), self._pop()
                stack.append(_Object(maker, arguments))
            case "BUILD":
                state = self._pop()
                if isinstance(stack[-1], _Object):
                    stack[-1].state = state
                    self._array_follows(stack[-1])
            case _:
                self._generic(opcode)

    def _generic(self, opcode: pickletools.OpcodeInfo) -> None:
        before = list(opcode.stack_before)
        if pickletools.markobject in before:
            self._pop_to_mark()
            before = before[: before.index(pickletools.markobject)]
        for _ in before:
            self._pop()
        self._stack += [_OTHER] * len(opcode.stack_after)

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is _MARK:
            raise IndexError
        return value

    def _pop_to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (value := self._stack.pop()) is not _MARK:
            items.append(value)
        return items[::-1]

    def _array_follows(self, built: _Object) -> None:
        """Go on behind the raw bytes that follow joblib's wrapper of an array."""
        if not isinstance(built.state, dict) or not _makes(built, _ARRAY_WRAPPER):
            return
        self.has_wrapped_arrays = True
        if not self._passes_over_arrays:
            return
        shape, dtype = built.state.get("shape"), built.state.get("dtype")
        if not isinstance(shape, tuple) or not all(isinstance(one, int) for one in shape):
            raise MalformedPickle("an array of joblib does not tell its shape")
        item_bytes = _item_bytes(dtype)
        if item_bytes is None:  # objects: a pickle of its own follows, on a stack of its own
            nested = _Machine(self._file)
            self._nested += nested.run()
            return
        if built.state.get("numpy_array_alignment_bytes") is not None:
            padding = self._file.read(1)
            self._file.seek(padding[0] if padding else 0, 1)
        self._file.seek(math.prod(shape) * item_bytes, 1)


def _makes(built: _Object, wanted: tuple[str, str]) -> bool:
    maker = built.maker
    if isinstance(maker, _Global) and maker.name == "_reconstructor" and isinstance(built.arguments, tuple):
        maker = built.arguments[0] if built.arguments else None
    return isinstance(maker, _Global) and (maker.module, maker.name) == wanted


def _item_bytes(dtype: Any) -> int | None:
    """Bytes of one item; `None` for items that are Python objects."""
    if not isinstance(dtype, _Object) or not isinstance(dtype.arguments, tuple) or not dtype.arguments:
        raise MalformedPickle("an array of joblib does not tell its type")
    code = str(dtype.arguments[0]).lstrip("<>=|")
    has_objects = isinstance(dtype.state, tuple) and isinstance(dtype.state[-1], int) and dtype.state[-1] & 1
    if code.startswith("O") or (len(code) > 1 and has_objects):
        return None
    if not code[1:].isdigit():
        raise MalformedPickle(f"an array of joblib has the unknown type {code[:20]!r}")
    return int(code[1:]) * (4 if code[0] == "U" else 1)


def _set(target: Any, pairs: list[Any]) -> None:
    if isinstance(target, dict):
        for key, value in zip(pairs[::2], pairs[1::2], strict=False):
            if isinstance(key, str):
                target[key] = value
