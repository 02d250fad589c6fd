"""Walks a pickle to its end before anything in it is built.

A pickle is a program for a small stack machine, and one of its instructions calls whatever function the stream names.
`audit` runs the stream on a machine without that power: it follows every instruction with stand-ins, and refuses each
name, call, state and instruction outside the narrow shape in which models are written (predict/store/pickles.py).

What that promises: loading runs no code of the file's author, and takes no more memory than a fixed multiple of the
file's size. It does not promise that the weights in it are good ones.
"""

import io
import pickletools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.predict.store.allowed import CALLS, ESTIMATORS, Global, Made, Refused, check_state, listed, refuse_unless

PROTOCOL = 5
MAX_STEPS = 3_000_000
"""Instructions in one part: a dictionary of a million words. An instruction may make an object of some 70 bytes, so
this bounds what a small file can make of itself."""


class UnsafePart(LocbaoError):
    """A part of a model holds something that may be neither loaded nor saved."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(
            f"The model part {part!r} was refused before anything was built from it: {reason}. A part holds numbers, "
            "text, lists, dictionaries, numpy arrays and a few scikit-learn estimators, nothing else. If the model "
            "came from somebody else, do not open it by other means; train one with `locbao train`."
        )


def audit(data: bytes, part: str) -> None:
    """Passes in silence, or raises UnsafePart. `part` is the name for the message. Builds and imports nothing."""
    try:
        _walk(data)
    except Refused as refused:
        raise UnsafePart(part, str(refused)) from None
    except (ValueError, IndexError, OverflowError, DeprecationWarning) as error:  # the last: where warnings are errors
        raise UnsafePart(part, f"it is no complete pickle ({type(error).__name__})") from None


def _walk(data: bytes) -> None:
    machine = _Machine()
    steps = enumerate(pickletools.genops(io.BytesIO(data)))
    _, (first, version, _) = next(steps)
    refuse_unless(first.name == "PROTO" and version == PROTOCOL, "it is no plain pickle of protocol 5")
    for count, (instruction, arg, position) in steps:
        code = instruction.name
        if code in _LITERALS:
            machine.stack.append(arg)
        elif code in _STEPS:
            _STEPS[code](machine, arg)
        elif code == "STOP":
            refuse_unless(position == len(data) - 1, "bytes follow its end")
            machine.finish()
        else:
            raise Refused(f"it uses the instruction {code}, which no model needs")
        if count >= MAX_STEPS:
            raise Refused(f"it has more than {MAX_STEPS} instructions")


class _Machine:
    """The pickle machine with its containers and none of its powers; `marks` are the stacks that MARK set aside."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: list[Any] = []

    def finish(self) -> None:
        refuse_unless(not self.marks and len(self.stack) == 1, "it ends in the middle of something")
        _no_names(self.stack)

    def mark(self) -> None:
        self.marks.append(self.stack)
        self.stack = []

    def since_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.marks.pop()
        return items

    def last(self, count: int) -> list[Any]:
        return [self.stack.pop() for _ in range(count)][::-1]

    def push_tuple(self, items: Sequence[Any]) -> None:
        _no_names(items)
        self.stack.append(tuple(items))

    def extend_list(self, items: Sequence[Any]) -> None:
        _no_names(items)
        refuse_unless(type(self.stack[-1]) is list, "it adds items to something that is no list")
        self.stack[-1].extend(items)

    def update_dict(self, items: Sequence[Any]) -> None:
        _no_names(items)
        refuse_unless(type(self.stack[-1]) is dict, "it sets items in something that is no dictionary")
        keys, values = items[::2], items[1::2]
        refuse_unless(all(type(key) in (str, int) for key in keys), "a dictionary key is neither text nor a number")
        self.stack[-1].update(zip(keys, values, strict=True))

    def push_name(self) -> None:
        module, name = self.last(2)
        # Only text is printed, and only so much of it: the rest is the author's, of any size.
        shown = f"{module[:60]}.{name[:60]}" if isinstance(module, str) and isinstance(name, str) else "something"
        refuse_unless(listed(module, name), f"it names {shown!a}, which is not on the list")
        self.stack.append(Global((module, name)))

    def call(self) -> None:
        function, args = self.last(2)
        known = type(function) is Global and function.name in CALLS and type(args) is tuple
        refuse_unless(known, "it calls something that is no listed function")
        self.stack.append(CALLS[function.name](args))

    def new_object(self) -> None:
        kind, args = self.last(2)
        known = type(kind) is Global and kind.name in ESTIMATORS and type(args) is tuple and not args
        refuse_unless(known, "it makes an object of something that is no listed class")
        self.stack.append(Made(kind.name, open=True))

    def set_state(self) -> None:
        made, state = self.last(2)
        refuse_unless(type(made) is Made and made.open, "it gives a state to something that takes none")
        check_state(made, state)
        made.open = False
        self.stack.append(made)


def _no_names(items: Iterable[Any]) -> None:
    """A class or function is there to be called at once; kept as a value it could stand in for a method later."""
    refuse_unless(Global not in map(type, items), "it keeps a class or function as a value")


_NUMBERS = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"}
_TEXTS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
_BYTES = {"SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8"}
_LITERALS = frozenset(_NUMBERS | _TEXTS | _BYTES)
_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "FRAME": lambda _machine, _length: None,
    "MEMOIZE": lambda machine, _: machine.memo.append(machine.stack[-1]),
    "BINGET": lambda machine, index: machine.stack.append(machine.memo[index]),
    "LONG_BINGET": lambda machine, index: machine.stack.append(machine.memo[index]),
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "MARK": lambda machine, _: machine.mark(),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "APPEND": lambda machine, _: machine.extend_list(machine.last(1)),
    "APPENDS": lambda machine, _: machine.extend_list(machine.since_mark()),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "SETITEM": lambda machine, _: machine.update_dict(machine.last(2)),
    "SETITEMS": lambda machine, _: machine.update_dict(machine.since_mark()),
    "TUPLE1": lambda machine, _: machine.push_tuple(machine.last(1)),
    "TUPLE2": lambda machine, _: machine.push_tuple(machine.last(2)),
    "TUPLE3": lambda machine, _: machine.push_tuple(machine.last(3)),
    "TUPLE": lambda machine, _: machine.push_tuple(machine.since_mark()),
    "STACK_GLOBAL": lambda machine, _: machine.push_name(),
    "REDUCE": lambda machine, _: machine.call(),
    "NEWOBJ": lambda machine, _: machine.new_object(),
    "BUILD": lambda machine, _: machine.set_state(),
}
