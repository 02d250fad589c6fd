"""Weights of a linear-chain conditional random field, read from the binary file that CRFsuite writes.

Layout: N. Okazaki, CRFsuite 0.12, `lib/crf/src/crf1d_model.c` and its string table CQDB; little-endian throughout.
Reading the file whole gives every weight at once; a tagger would have to be asked string by string.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from locbao.features.arrays import FloatArray

_MAGIC, _KIND, _VERSION = b"lCRF", b"FOMC", 100
_STATE, _TRANSITION = 0, 1  # kinds of features
_CHUNK = 12  # bytes that open a chunk: its name, its size, the number of its entries
_RECORD = 8  # bytes before a string: its number and its size; it ends with a zero
_FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])


class _Header(NamedTuple):
    magic: bytes
    size: int
    kind: bytes
    version: int
    features: int  # not kept by the writer
    labels: int
    attributes: int
    features_at: int
    labels_at: int
    attributes_at: int


_HEADER = struct.Struct("<4sI4s7I")


@dataclass(frozen=True, slots=True)
class CrfWeights:
    """A field with l labels and a attributes (what is seen at a place, as text).

    `state` (a, l): weight of a label where an attribute is seen. `transition` (l, l): from a label to the next.
    """

    labels: tuple[str, ...]
    attributes: tuple[str, ...]
    state: FloatArray
    transition: FloatArray

    @classmethod
    def of(cls, data: bytes) -> "CrfWeights":
        """The weights in a model file. Raises ValueError if it is not one."""
        if len(data) < _HEADER.size:
            raise ValueError("no CRFsuite model: the file is too short")
        header = _Header(*_HEADER.unpack_from(data))
        if (header.magic, header.kind, header.version) != (_MAGIC, _KIND, _VERSION):
            raise ValueError(f"no CRFsuite model of version {_VERSION}: the file begins with {data[:16]!r}")
        count = int.from_bytes(data[header.features_at + 8 : header.features_at + _CHUNK], "little")
        features = np.frombuffer(data, _FEATURE, count, header.features_at + _CHUNK)
        state = np.zeros((header.attributes, header.labels))
        transition = np.zeros((header.labels, header.labels))
        for kind, table in ((_STATE, state), (_TRANSITION, transition)):
            chosen = features[features["kind"] == kind]
            table[chosen["source"], chosen["target"]] = chosen["weight"]
        labels = _strings(data, header.labels_at)
        return cls(labels, _strings(data, header.attributes_at), state, transition)


def _strings(data: bytes, start: int) -> tuple[str, ...]:
    """The strings of the table at byte `start`, by their numbers."""
    if data[start : start + 4] != b"CQDB":
        raise ValueError(f"no CRFsuite model: no string table at byte {start}")
    count, offsets_at = struct.unpack_from("<2I", data, start + 16)
    offsets = np.frombuffer(data, "<u4", count, start + offsets_at).astype(np.int64) + start
    low, last = int(offsets.min()), int(offsets.max())
    high = data.index(b"\0", last + _RECORD) + 1
    text = np.frombuffer(data[low:high], np.uint8)
    kept = np.ones(high - low, dtype=np.bool_)
    kept[(offsets - low)[:, None] + np.arange(_RECORD)] = False
    strings = text[kept].tobytes().decode().split("\0")
    return tuple(map(strings.__getitem__, offsets.argsort().argsort().tolist()))
