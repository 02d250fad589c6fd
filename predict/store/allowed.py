"""What a pickled part may hold: the fixed list of names, and for each function the one form of call it may have.

The rules look at stand-ins, never at real objects. They check a value's type before anything else: to compare, hash or
print a value of unknown depth could take for ever (a tuple that holds one tuple twice, sixty times over).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Name = tuple[str, str]


class Refused(Exception):
    """Why a part is refused; `audit` adds which part."""


def refuse_unless(condition: bool, reason: str) -> None:
    """Raises Refused unless the condition holds."""
    if not condition:
        raise Refused(reason)


@dataclass(frozen=True, slots=True)
class Global:
    """Stands for a class or function that the stream names."""

    name: Name


@dataclass(slots=True, eq=False)
class Made:
    """Stands for an object of the stream, `open` as long as it waits for its state. `dtype`: on data types only."""

    name: Name
    open: bool = False
    dtype: np.dtype[Any] | None = None


ESTIMATORS: frozenset[Name] = frozenset(
    {
        ("sklearn.linear_model._logistic", "LogisticRegression"),
        ("sklearn.preprocessing._data", "MaxAbsScaler"),
        ("sklearn.preprocessing._data", "StandardScaler"),
    }
)
"""Classes that a part may hold. Each takes its state as plain attributes (BaseEstimator.__setstate__); a class whose
own __new__, __setstate__ or __del__ does more than that must not be added."""

# Numbers and text; no Python objects, no records, no dates (whose state holds a dictionary).
_DTYPE = re.compile(r"b1|[iu][1248]|f[248]|U[1-9][0-9]{0,5}")
_MAX_DIMENSIONS = 32
_BYTE_ORDERS: tuple[Literal["<", ">"], ...] = ("<", ">")


def _called_dtype(args: tuple[object, ...]) -> Made:
    match args:
        case (str(code), False, True) if _DTYPE.fullmatch(code):
            return Made(("numpy", "dtype"), open=True, dtype=np.dtype(code))
    raise Refused("it holds a numpy data type that is neither numbers nor text")


def _called_array(args: tuple[object, ...]) -> Made:
    match args:
        case (bytes() | bytearray() as data, Made() as dtype, tuple(shape), "C" | "F"):
            plain = len(shape) <= _MAX_DIMENSIONS and all(type(n) is int and n >= 0 for n in shape)
            refuse_unless(plain and math.prod(shape) * _itemsize(dtype) == len(data), "an array does not fit its data")
            return Made(("numpy", "ndarray"))
    raise Refused("it holds an array in an unusual form")


def _called_scalar(args: tuple[object, ...]) -> Made:
    match args:
        case (Made() as dtype, bytes(data)):
            refuse_unless(_itemsize(dtype) == len(data), "a numpy scalar does not fit its data")
            return Made(("numpy", "generic"))
    raise Refused("it holds a numpy scalar in an unusual form")


def _itemsize(made: Made) -> int:
    """Bytes per element of a data type that has got its state."""
    if made.dtype is None or made.open:
        raise Refused("it holds an array or scalar without a finished data type")
    return made.dtype.itemsize


CALLS: dict[Name, Callable[[tuple[object, ...]], Made]] = {
    ("numpy", "dtype"): _called_dtype,
    ("numpy._core.numeric", "_frombuffer"): _called_array,
    ("numpy._core.multiarray", "scalar"): _called_scalar,
}
"""Functions that a part may call, each with the rule for its arguments."""


def listed(module: object, name: object) -> bool:
    """Whether a part may name this: both a text, no subclass of it, and together on the list."""
    return type(module) is str and type(name) is str and ((module, name) in CALLS or (module, name) in ESTIMATORS)


def check_state(made: Made, state: object) -> None:
    """The state of an estimator is a dictionary of attributes. That of a data type reaches into numpy's memory layout:
    it must be the very one that numpy itself writes, in either byte order."""
    if made.dtype is None:
        plain = (
            type(state) is dict
            and all(type(key) is str and not key.startswith("__") for key in state)
            and type(state.get("_sklearn_version")) is str  # scikit-learn prints it when it is not its own
        )
        refuse_unless(plain, f"it holds an unusual state for {made.name[1]}")
    else:
        usual = [made.dtype.newbyteorder(order).__reduce__()[2] for order in _BYTE_ORDERS]
        refuse_unless(type(state) is tuple and state in usual, "it holds an unusual numpy data type")
