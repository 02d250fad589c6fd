"""Parts of a model to bytes and back, and the audit that every part goes through before anything in it is built.

A part is a plain pickle of numbers, text, lists, dictionaries and numpy arrays. It is not in joblib's own format, which
puts raw array bytes between the instructions, so that nothing can walk it without running it; but `joblib.load` reads
it all the same.

A pickle is a program for a small stack machine, and one of its instructions calls whatever function the stream names.
`audit` runs the stream on a machine without that power: it follows every instruction with stand-ins, and refuses every
name but the two that arrays are made with, and every call, state and instruction that numpy would not write.

What that promises: loading runs no code of the file's author, takes no more time and memory than a fixed multiple of
the file's size, and gives a tree: nothing large stands in it twice. What stands where is for the schema to check
(predict/store/schema.py). Nothing promises that the weights are good ones.
"""

import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from locbao.features.errors import LocbaoError

PROTOCOL = 5
MAX_STEPS = 200_000
"""Instructions in one part; those of the shipped model have a thousand at the most. An instruction takes some two
microseconds and may make an object of some 70 bytes, so this bounds what a small file can make of itself."""

# Numbers and text; no Python objects, no records, no dates (whose state holds a dictionary).
_DTYPE = re.compile(r"b1|[iu][1248]|f[248]|U[1-9][0-9]{0,5}")
_MAX_DIMENSIONS = 32
_SHORT = 200  # characters or bytes of what may stand in a part twice, such as the name of a group
_BYTE_ORDERS: tuple[Literal["<", ">"], ...] = ("<", ">")


class UnsafePart(LocbaoError):
    """A part of a model holds something that may be neither loaded nor saved: `part`, `reason`."""

    def __init__(self, part: str, reason: str) -> None:
        self.part, self.reason = part, reason
        super().__init__(
            f"The model part {part!r} ({part}.joblib) was refused, and nothing in it was run: {reason}. A part holds "
            "numbers, text, lists, dictionaries and numpy arrays, nothing else. If the model came from somebody else, "
            "do not open it by other means; train one with `locbao train`."
        )


def dump(part: object, name: str) -> bytes:
    """The part as bytes that `audit` accepts, the same for the same part.

    Raises UnsafePart if it holds something that could not be loaded again. `name` is for the message.
    """
    stream = io.BytesIO()
    try:
        _Pickler(stream, PROTOCOL).dump(part)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise UnsafePart(name, f"it cannot be pickled ({error})") from error
    audit(stream.getvalue(), name)
    return stream.getvalue()


def audit(data: bytes, name: str) -> None:
    """Passes in silence, or raises UnsafePart. Builds and imports nothing."""
    try:
        _walk(data)
    except _RefusedError as refused:
        raise UnsafePart(name, str(refused)) from None
    except (ValueError, IndexError, OverflowError, DeprecationWarning) as error:  # the last: where warnings are errors
        raise UnsafePart(name, f"it is no complete pickle ({type(error).__name__})") from None


def build(data: bytes, name: str) -> Any:
    """The part in `data`, which must have passed `audit`. Raises UnsafePart if numpy cannot build it all the same."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except Exception as error:  # whatever numpy raises, the file is what is wrong
        raise UnsafePart(name, f"numpy cannot build it ({type(error).__name__}: {error})") from error


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        # numpy writes an array with gaps, or with its axes in an order of their own, by other functions.
        if type(obj) is np.ndarray and not (obj.flags.c_contiguous or obj.flags.f_contiguous):
            return np.ascontiguousarray(obj).__reduce_ex__(PROTOCOL)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _FUNCTIONS[module, name].build


class _RefusedError(Exception):
    """Why a part is refused; `audit` adds which part."""


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise _RefusedError(otherwise)


# Stand-ins for what the stream makes. The rules look at their types before anything else: to compare, hash or print a
# value of unknown depth could take for ever (a tuple that holds one tuple twice, sixty times over).


class _Array:
    """Stands for an array."""


@dataclass(slots=True, eq=False)
class _DataType:
    """Stands for a data type, which is `finished` when it has got its state."""

    dtype: np.dtype[Any]
    finished: bool = False

    def set_state(self, state: object) -> None:
        """The state reaches into numpy's memory layout: it must be what numpy itself writes, in either byte order."""
        usual = [self.dtype.newbyteorder(order).__reduce__()[2] for order in _BYTE_ORDERS]
        _require(not self.finished and type(state) is tuple and state in usual, "it holds an unusual numpy data type")
        self.finished = True


def _check_dtype(args: tuple[object, ...]) -> _DataType:
    match args:
        case (str(code), False, True) if _DTYPE.fullmatch(code):
            return _DataType(np.dtype(code))
    raise _RefusedError("it holds a numpy data type that is neither numbers nor text")


def _check_array(args: tuple[object, ...]) -> _Array:
    match args:
        case (bytes() | bytearray() as data, _DataType(finished=True, dtype=dtype), tuple(shape), "C" | "F"):
            plain = len(shape) <= _MAX_DIMENSIONS and all(type(n) is int and n >= 0 for n in shape)
            _require(plain and math.prod(shape) * dtype.itemsize == len(data), "an array does not fit its data")
            return _Array()
    raise _RefusedError("it holds an array in an unusual form")


def _build_array(data: bytes, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, dtype=dtype).reshape(shape, order=order)


@dataclass(frozen=True, slots=True, eq=False)
class _Function:
    """A function that a part may call: `check` looks at the arguments and gives a stand-in for what `build` makes."""

    check: Callable[[tuple[object, ...]], object]
    build: Callable[..., Any]


_FUNCTIONS = {
    ("numpy", "dtype"): _Function(_check_dtype, np.dtype),
    ("numpy._core.numeric", "_frombuffer"): _Function(_check_array, _build_array),
    ("numpy.core.numeric", "_frombuffer"): _Function(_check_array, _build_array),  # its name in numpy 1
}


def _walk(data: bytes) -> None:
    machine = _Machine()
    instructions = pickletools.genops(io.BytesIO(data))
    first, version, _ = next(instructions)
    _require(first.name == "PROTO" and version == PROTOCOL, "it is no plain pickle of protocol 5")
    for count, (instruction, argument, position) in enumerate(instructions, 1):
        _require(count <= MAX_STEPS, f"it has more than {MAX_STEPS} instructions")
        if instruction.name == "STOP":
            _require(position == len(data) - 1, "bytes follow its end")
            _require(not machine.marked and len(machine.stack) == 1, "it ends in the middle of something")
            _values(machine.stack)
        else:
            machine.step(instruction.name, argument)


class _Machine:
    """The pickle machine with its containers and none of its powers; `marked` are the stacks that MARK set aside."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marked: list[list[Any]] = []
        self.memo: list[Any] = []

    def step(self, code: str, argument: Any) -> None:  # noqa: PLR0912, PLR0915 (a case for each instruction)
        """Follows an instruction; IndexError if it takes what is not there."""
        stack = self.stack
        match code:
            case "SHORT_BINUNICODE" | "BINUNICODE" | "BINUNICODE8":
                stack.append(argument)
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINFLOAT":
                stack.append(argument)
            case "SHORT_BINBYTES" | "BINBYTES" | "BINBYTES8" | "BYTEARRAY8":
                stack.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[code])
            case "MEMOIZE":
                self.memo.append(stack[-1])
            case "BINGET" | "LONG_BINGET":
                value = self.memo[argument]
                small = type(value) in (str, bytes) and len(value) <= _SHORT
                _require(small or type(value) in (_DataType, _Function), "it holds one and the same value twice")
                stack.append(value)
            case "MARK":
                self.marked.append(stack)
                self.stack = []
            case "EMPTY_LIST":
                stack.append([])
            case "APPEND" | "APPENDS":
                items = _values(self._last(1) if code == "APPEND" else self._since_mark())
                _require(type(self.stack[-1]) is list, "it adds items to something that is no list")
                self.stack[-1].extend(items)
            case "EMPTY_DICT":
                stack.append({})
            case "SETITEM" | "SETITEMS":
                items = _values(self._last(2) if code == "SETITEM" else self._since_mark())
                _require(type(self.stack[-1]) is dict, "it sets items in something that is no dictionary")
                keys, values = items[::2], items[1::2]
                # Numbers for keys could be chosen to collide, which makes a dictionary quadratic.
                _require(all(type(key) is str for key in keys), "a dictionary key is no text")
                self.stack[-1].update(zip(keys, values, strict=True))
            case "EMPTY_TUPLE":
                stack.append(())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(tuple(_values(self._last(int(code[-1])))))
            case "TUPLE":
                items = _values(self._since_mark())
                self.stack.append(tuple(items))
            case "STACK_GLOBAL":
                stack.append(_function(*self._last(2)))
            case "REDUCE":
                function, args = self._last(2)
                _require(type(function) is _Function and type(args) is tuple, "it calls something that is no function")
                stack.append(function.check(args))
            case "BUILD":
                (state,) = self._last(1)
                _require(type(stack[-1]) is _DataType, "it gives a state to something that takes none")
                stack[-1].set_state(state)
            case "FRAME":
                pass
            case _:
                raise _RefusedError(f"it uses the instruction {code}, which no model needs")

    def _last(self, count: int) -> list[Any]:
        return [self.stack.pop() for _ in range(count)][::-1]

    def _since_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.marked.pop()
        return items


def _values(items: list[Any]) -> list[Any]:
    """The items, none of which is a function: one is there to be called at once, not to be kept as a value."""
    _require(_Function not in map(type, items), "it keeps a function as a value")
    return items


def _function(module: object, name: object) -> _Function:
    """The listed function of this name; both are texts, no subclasses of it."""
    if type(module) is str and type(name) is str:
        # Only text is shown, and only so much of it: the rest is the author's, of any size.
        _require((module, name) in _FUNCTIONS, f"it names {f'{module[:60]}.{name[:60]}'!a}, which is not on the list")
        return _FUNCTIONS[module, name]
    raise _RefusedError("it names something that is not on the list")
