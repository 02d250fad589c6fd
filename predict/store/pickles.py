"""Parts of a model to bytes and back.

A part is written as a plain pickle with its arrays inside, not in joblib's own format: that one puts raw array bytes
between the instructions, so nothing can walk it without running it. `joblib.load` reads these files all the same.
"""

import io
import pickle
import warnings
from typing import Any

import numpy as np

from locbao.features.errors import LocbaoError
from locbao.predict.store.allowed import listed
from locbao.predict.store.audit import PROTOCOL, UnsafePart, audit


class UnbuildablePart(LocbaoError):
    """A part passed the audit, yet scikit-learn or numpy cannot build it."""

    def __init__(self, part: str, error: Exception) -> None:
        self.part = part
        super().__init__(
            f"The model part {part!r} could not be built ({type(error).__name__}: {error}). Its content does not fit "
            "the libraries that are installed. Train the model again with `locbao train`."
        )


def dump(part: object, name: str) -> bytes:
    """The part as bytes that `audit` accepts, the same for the same part.

    Raises:
        UnsafePart: the part holds something that could not be loaded again.
    """
    stream = io.BytesIO()
    try:
        _Pickler(stream, PROTOCOL).dump(part)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise UnsafePart(name, f"it cannot be pickled ({error})") from error
    data = stream.getvalue()
    audit(data, name)
    return data


def build(data: bytes, name: str) -> Any:
    """The part in `data`, which must have passed `audit`.

    Raises:
        UnbuildablePart: the libraries refuse it.
    """
    try:
        with warnings.catch_warnings():
            # The store has compared the minor versions; scikit-learn would warn of another patch version too. By its
            # words, since the class would import scikit-learn (half a second) for parts that hold arrays only.
            warnings.filterwarnings("ignore", "Trying to unpickle estimator")
            return _Unpickler(io.BytesIO(data)).load()
    except Exception as error:  # whatever the libraries raise, the file is what is wrong
        raise UnbuildablePart(name, error) from error


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        # numpy writes an array with gaps, or with its axes in an order of their own, by other functions.
        if type(obj) is np.ndarray and not (obj.flags.c_contiguous or obj.flags.f_contiguous):
            return np.ascontiguousarray(obj).__reduce_ex__(PROTOCOL)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if not listed(module, name):
            raise pickle.UnpicklingError(f"{module}.{name} is not on the list")
        return super().find_class(module, name)
