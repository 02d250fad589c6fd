"""Pickles that mean harm: each in a folder whose manifest and hashes fit, and each refused before anything is built."""

import io
import struct
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locbao.experiments.studies.hostile.folders import CALLS, reseal
from locbao.predict.store.audit import UnsafePart, audit, build, dump
from locbao.predict.store.folder import read, save
from tests.predict.store.small_model import MANIFEST, parts


@pytest.mark.parametrize("kind", ["os.system", "eval", "in joblib's array", "in an estimator"])
def test_what_is_refused_would_run_elsewhere(kind: str, tmp_path: Path) -> None:
    """Otherwise refusing it would prove nothing."""
    data = CALLS[kind](str(tmp_path / "it-ran"))
    with pytest.raises(UnsafePart, match="nothing in it was run"):
        audit(data, "lines")
    assert not (tmp_path / "it-ran").exists()
    joblib.load(io.BytesIO(data))
    assert (tmp_path / "it-ran").exists()


def test_no_part_is_built_when_a_later_one_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "model", parts(), MANIFEST, "")
    (tmp_path / "model" / "topics.joblib").write_bytes(CALLS["eval"]("x"))
    reseal(tmp_path / "model")
    monkeypatch.setattr("locbao.predict.store.folder.build", lambda *_: pytest.fail("built"))
    with pytest.raises(UnsafePart, match="'topics'"):
        read(tmp_path / "model")


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


def name(module: str, attr: str) -> bytes:
    return text(module) + text(attr) + b"\x93"


DTYPE = name("numpy", "dtype")
F8 = DTYPE + text("f8") + b"\x89\x88\x87R"
F8_STATE = b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
ARRAY = name("numpy._core.numeric", "_frombuffer")
EIGHT = b"\x96" + struct.pack("<Q", 8) + bytes(8)
SCALAR = name("numpy._core.multiarray", "scalar")
LOGISTIC = name("sklearn.linear_model._logistic", "LogisticRegression")

# Listed names in forms that numpy never writes, and names that were listed while parts held estimators.
ODD = {
    "object dtype": DTYPE + text("O") + b"\x89\x88\x87R.",
    "record dtype": DTYPE + text("f8,O") + b"\x89\x88\x87R.",
    "dtype of a dtype": DTYPE + F8 + F8_STATE + b"\x89\x88\x87R.",
    "dtype with another size": DTYPE + text("U1") + b"\x89\x88\x87R(K\x03" + text("<") + b"NNNK\x40K\x04K\x08tb.",
    "dtype with fields": F8
    + b"(K\x03"
    + text("<")
    + b"N"
    + text("a")
    + b"\x85}J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb.",
    "dtype changed twice": F8 + F8_STATE + F8_STATE[:-1] + b"b.",
    "dtype used too early": ARRAY + b"(" + EIGHT + F8 + b"K\x01\x85" + text("C") + b"tR.",
    "array beyond its data": ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"K\x02\x85" + text("C") + b"tR.",
    "array of negative size": ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"J\xff\xff\xff\xff\x85" + text("C") + b"tR.",
    "array over an array": ARRAY + b"(" + ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"K\x01\x85" + text("C") + b"tR",
    "scalar": SCALAR + F8 + F8_STATE + b"C\x08" + bytes(8) + b"\x86R.",
    "scalar beyond its data": SCALAR + F8 + F8_STATE + b"C\x04\0\0\0\0\x86R.",
    "estimator": LOGISTIC + b")\x81.",
    "estimator with its state": LOGISTIC + b")\x81}" + text("_sklearn_version") + text("1.9.0") + b"sb.",
    "estimator called": LOGISTIC + b")R.",
    "estimator with arguments": LOGISTIC + b"K\x01\x85\x81.",
    "function made": ARRAY + b")\x81.",
    "state with slots": LOGISTIC + b")\x81}" + b"}\x86b.",
    "state with a method name": LOGISTIC + b")\x81}" + text("__class__") + b"K\x01sb.",
    "version that is no text": LOGISTIC + b")\x81}" + text("_sklearn_version") + b"]sb.",
    "function as an attribute": LOGISTIC + b")\x81}" + text("predict_proba") + ARRAY + b"sb.",
    "function as a value": b"}" + text("predict_proba") + ARRAY + b"s.",
    "function in a list": b"]" + ARRAY + b"a.",
    "function in a tuple": ARRAY + b"\x85.",
    "function as the whole": ARRAY + b".",
    "function with a state": ARRAY + b"}b.",
    "object of a data type": DTYPE + text("f8") + b"\x85\x81.",
    "array with a state": ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"K\x01\x85" + text("C") + b"tR}b.",
    "class as the whole": LOGISTIC + b".",
    "dotted name": name("numpy", "dtype.__class__") + b".",
    "name from a deeper module": name("sklearn.linear_model", "LogisticRegression") + b".",
    "name that is no text": b"K\x01" + text("a") + b"\x93.",
    "items into bytes": b"\x96" + struct.pack("<Q", 1) + b"a" + b"(K\x01e.",
    "items into an estimator": LOGISTIC + b")\x81(K\x01e.",
    "keys into an array": ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"K\x01\x85" + text("C") + b"tRK\x00K\x01s.",
    "persistent id": text("x") + b"Q.",
    "extension code": b"\x82\x01.",
    "out-of-band buffer": b"\x97.",
    "memo far away": b"K\x01r\xff\xff\xff\x7f.",
    "memo never filled": b"h\x05.",
    "second protocol": b"\x80\x05K\x01.",
    "nothing on the stack": b".",
    "two things on the stack": b"K\x01K\x02.",
    "open mark": b"(K\x01.",
    "text beyond the end": b"\x8d" + struct.pack("<Q", 2**62) + b"a.",
    "bytes beyond the end": b"\x96" + struct.pack("<Q", 2**40) + b"a.",
    "no end": b"K\x01",
    "odd items": b"}(K\x01u.",
}


@pytest.mark.parametrize("kind", ODD)
def test_listed_names_in_unlisted_forms(kind: str) -> None:
    with pytest.raises(UnsafePart):
        audit(b"\x80\x05" + ODD[kind], "lines")


def test_the_building_blocks_above_are_accepted() -> None:
    data = b"\x80\x05" + ARRAY + b"(" + EIGHT + F8 + F8_STATE + b"K\x01\x85" + text("C") + b"tR."
    audit(data, "lines")
    np.testing.assert_array_equal(build(data, "lines"), np.zeros(1))


def test_deep_and_self_similar_values_cost_nothing() -> None:
    """Hashing, comparing or printing these takes for ever, or overflows the stack."""
    doubled = b")" + b"".join(b"\x94h" + bytes([i]) + b"\x86" for i in range(60))
    deep = b")" + b"\x85" * 20_000
    for value in (doubled, deep):
        for end in (b"}" + value + b"K\x01s.", value + text("a") + b"\x93.", value + b")R.", DTYPE + value + b"R."):
            with pytest.raises(UnsafePart):
                audit(b"\x80\x05" + end, "lines")
            with pytest.raises(UnsafePart):
                audit(b"\x80\x05" + value + end, "lines")


def test_too_many_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locbao.predict.store.audit.MAX_STEPS", 100)
    with pytest.raises(UnsafePart, match="more than 100"):
        dump(list(range(1000)), "lines")


def test_the_names_of_numpy_1_are_read() -> None:
    data = dump({"w": np.arange(6.0).reshape(2, 3)}, "lines")
    old = data.replace(text("numpy._core.numeric"), text("numpy.core.numeric"))
    start = old.index(b"\x95") + 1  # the frame is one byte shorter
    (length,) = struct.unpack_from("<Q", old, start)
    old = old[:start] + struct.pack("<Q", length - 1) + old[start + 8 :]
    audit(old, "lines")
    np.testing.assert_array_equal(build(old, "lines")["w"], np.arange(6.0).reshape(2, 3))


def test_a_part_that_numpy_refuses() -> None:
    """No bytes fit an array of no elements, whatever the lengths of its other axes."""
    huge = b"\x8a\x08" + struct.pack("<q", 2**62)
    shape = b"K\x00" + huge + huge + b"\x87"
    data = b"\x80\x05" + ARRAY + b"(C\x00" + F8 + F8_STATE + shape + text("C") + b"tR."
    audit(data, "lines")
    with pytest.raises(UnsafePart, match="numpy cannot build it"):
        build(data, "lines")


@pytest.mark.parametrize("numbers", [0, 2])
def test_an_array_of_more_or_fewer_bytes_than_its_shape_is_refused(numbers: int) -> None:
    content = b"C" + bytes([8 * numbers]) + bytes(8 * numbers)
    data = b"\x80\x05" + ARRAY + b"(" + content + F8 + F8_STATE + b"K\x01\x85" + text("C") + b"tR."
    with pytest.raises(UnsafePart, match="an array does not fit its data"):
        audit(data, "lines")


def test_arrays_come_back_as_they_were() -> None:
    random = np.random.default_rng(7)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "halves": random.random((3, 40)).astype(np.float16),
        "fortran": np.asfortranarray(random.random((6, 5))),
        "gaps": random.random((6, 5))[:, :2],
        "axes": random.random((2, 3, 4)).transpose(1, 0, 2),
        "empty": np.zeros((0, 3)),
        "zero_d": np.array(3.0),
        "text": np.array(["ả", "bờ"]),
        "other_order": np.arange(3, dtype=">i4"),
        "flags": np.array([True, False]),
    }
    again = build(dump(arrays, "lines"), "lines")
    for name, array in arrays.items():
        np.testing.assert_array_equal(again[name], array)
        assert again[name].dtype == array.dtype


SHORT = st.text(max_size=200) | st.binary(max_size=200)  # one long text in two places is refused
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**100), 2**100) | st.floats(allow_nan=False) | SHORT,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_plain_values_go_through(value: object) -> None:
    assert build(dump(value, "lines"), "lines") == value
