"""Model folders that mean harm, by what is wrong with each: KINDS, more than three hundred of them.

Each spoils a copy of a sound model so that its hashes fit again, as anybody can. The code that some would run makes an
empty file beside the folder, nothing else.
"""

import bz2
import gzip
import json
import os
import pickle
import pickletools
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from locbao.predict.load import SHIPPED
from locbao.predict.store import manifest as manifests

Harm = Callable[[Path], object]
"""Spoils a sound model folder. Code that is to run makes the file MARK beside the folder."""

MARK = "it-ran"


def reseal(folder: Path, **changes: Any) -> None:
    """A manifest that fits what stands in the folder, with changes."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    names = [path.name for path in folder.iterdir() if path.name != "manifest.json"]
    manifest["files"] = {name: manifests.describe((folder / name).read_bytes()) for name in names}
    (folder / "manifest.json").write_bytes(manifests.seal(manifest | changes)[1])


def write_part(folder: Path, name: str, data: bytes) -> None:
    """Another part in a folder that fits it."""
    (folder / f"{name}.joblib").write_bytes(data)
    reseal(folder)


# Values in the wrong place

GONE = object()  # stands for: take the key away
PLACES = """
lines lines/families lines/context lines/grams lines/first lines/first/weights lines/first/intercept lines/second
lines/second/weights lines/second/intercept lines/temperature lines/headline lines/links site site/steps site/weights
topics topics/tokens topics/topics topics/topics/* topics/topics/*/phrases topics/topics/*/words topics/topics/*/words/*
topics/topics/*/rules topics/topics/*/rules/0 topics/topics/*/iptc topics/topics/*/weights topics/topics/*/intercept
topics/topics/*/article topics/topics/*/article_intercept topics/topics/*/threshold
""".split()


def put(place: str, value: object, folder: Path) -> None:
    """Sets the value at a place such as `lines/first/weights`, where `*` is the first of all keys."""
    name, *path = place.split("/")
    tree = {name: joblib.load(folder / f"{name}.joblib")}
    inner: Any = tree
    *before, last = (int(key) if key.isdigit() else key for key in (name, *path))
    for key in before:
        inner = inner[next(iter(inner)) if key == "*" else key]
    last = next(iter(inner)) if last == "*" else last
    if callable(value):
        inner[last] = value(inner[last])
    elif value is GONE:
        del inner[last]
    else:
        inner[last] = value
    write_part(folder, name, pickle.dumps(tree.get(name, {}), 5))


EVERYWHERE: Mapping[str, object] = {
    "a billion": 10**9,
    "a tuple": (1, 2),
    "bytes": b"x",
    "an array of text": np.array(["x"]),
}
_KEYS = [place for place in PLACES if "/" in place and place != "topics/topics/*/words/*"]
_ARRAYS = [place for place in PLACES if place.endswith(("weights", "t/intercept", "d/intercept", "headline", "links"))]
_NUMBERS = [place for place in PLACES if place.endswith(("temperature", "*/intercept", "_intercept", "threshold"))]
_TOPIC = "topics/topics/*"


def _with(value: float) -> Callable[[Any], Any]:
    """One number of an array is another."""
    return lambda array: np.where(np.arange(array.size).reshape(array.shape) == 1, value, array).astype(array.dtype)


ELSEWHERE: Mapping[str, tuple[str, object]] = {
    "temperature of 0": ("lines/temperature", 0.0),
    "temperature below 0": ("lines/temperature", -1.0),
    "temperature near 0": ("lines/temperature", 1e-300),
    "threshold of 1.5": (f"{_TOPIC}/threshold", 1.5),
    "family that is none": ("lines/families", ["shape", "no"]),
    "family named twice": ("lines/families", ["shape", "shape"]),
    "a thousand families": ("lines/families", ["shape"] * 1000),
    "families of text": ("lines/families", "shape"),
    "fewer families": ("lines/families", ["shape"]),
    "no context": ("lines/context", False),
    "context of 1": ("lines/context", 1),
    "unknown key": ("lines", lambda part: part | {"x": 1}),
    "unknown key of 10 MB": ("lines", lambda part: part | {"x" * 10_000_000: 1}),
    "unknown key of a pass": ("lines/first", lambda part: part | {"x": 1}),
    "one word less": ("lines/grams", lambda grams: grams.rsplit("\n", 1)[0]),
    "200,001 words": ("lines/grams", lambda _: "a\n" * 200_000 + "a"),
    "empty words": ("lines/grams", lambda _: "\n" * 30_000_000),
    "8 million words": ("lines/grams", lambda _: "a\n" * 8_000_000 + "a"),
    "words of three": ("lines/grams", lambda grams: grams + " a b"),
    "word of signs": ("lines/grams", lambda grams: grams + "!"),
    "word of letters and digits": ("lines/grams", lambda grams: "a1\n" + grams.split("\n", 1)[1]),
    "word with half a character": ("lines/grams", lambda grams: grams + "\ud800"),
    "word of one letter a million times": ("lines/grams", lambda grams: grams + "a" * 30_000_000),
    "weights in a row": ("lines/first/weights", lambda weights: weights.ravel()),
    "weights of two labels": ("lines/first/weights", lambda weights: weights[:, :2].copy()),
    "weights of one line less": ("lines/first/weights", lambda weights: weights[:-1]),
    "weights of no line": ("lines/first/weights", lambda weights: weights[:0]),
    "weights as doubles": ("lines/first/weights", lambda weights: weights.astype(float)),
    "weights as whole numbers": ("lines/first/weights", lambda weights: weights.astype(int)),
    "weights of the first pass in the second": ("lines/second/weights", lambda weights: weights[:10]),
    "intercept of two labels": ("lines/first/intercept", np.zeros(2, dtype=np.float32)),
    "headline of nine weights": ("lines/headline", np.zeros(9)),
    "one weight of links more": ("lines/links", lambda links: np.append(links, 0.0)),
    "steps that descend": ("site/steps", [0.5, 0.3, 0.1]),
    "steps of NaN": ("site/steps", [float("nan")] * 3),
    "a hundred thousand steps": ("site/steps", lambda _: [i / 1e6 for i in range(100_000)]),
    "one step less": ("site/steps", lambda steps: steps[:-1]),
    "site weights of a hundred": ("site/weights", np.full(3, 100.0)),
    "tokens that are none": ("topics/tokens", "letters"),
    "ten thousand topics": ("topics/topics", lambda topics: dict.fromkeys(map(str, range(10_000)), 1)),
    "topic under another name": ("topics/topics", lambda topics: {f"x{name}": topic for name, topic in topics.items()}),
    "topic with a name that moves the cursor": ("topics/topics", lambda topics: {"\x1b[2J": 1} | topics),
    "topic with a name of 10 MB": ("topics/topics", lambda topics: {"x" * 10_000_000: 1} | topics),
    "one phrase less": (f"{_TOPIC}/phrases", lambda phrases: phrases.rsplit("\n", 1)[0]),
    "phrase of signs": (f"{_TOPIC}/phrases", lambda phrases: phrases + "!"),
    "phrase with two spaces": (f"{_TOPIC}/phrases", lambda phrases: phrases.replace(" ", "  ", 1)),
    "phrases of 30 MB": (f"{_TOPIC}/phrases", lambda _: "a" * 30_000_000),
    "group without phrases": (f"{_TOPIC}/words/*", ""),
    "a million groups": (f"{_TOPIC}/words", lambda _: dict.fromkeys(map(str, range(90_000)), "a")),
    "a group of a million phrases": (f"{_TOPIC}/words/*", lambda _: "a\n" * 1_000_000 + "a"),
    "rule over no group": (f"{_TOPIC}/rules/0", ["yes", [], []]),
    "rule over an unknown group": (f"{_TOPIC}/rules/0", ["yes", ["no such"], []]),
    "rule that says perhaps": (f"{_TOPIC}/rules/0/0", "perhaps"),
    "rule of four": (f"{_TOPIC}/rules/0", ["yes", ["a"], [], []]),
    "a hundred thousand rules": (f"{_TOPIC}/rules", lambda rules: [["yes", ["a"], []] for _ in range(30_000)]),
    "rule over a hundred thousand groups": (f"{_TOPIC}/rules/0/1", lambda names: names[:1] * 100_000),
    "article of three weights": (f"{_TOPIC}/article", [1.0, 1.0, 1.0]),
    "article of whole numbers": (f"{_TOPIC}/article", [1, 1, 1, 1]),
    "one weight less": (f"{_TOPIC}/weights", lambda weights: weights[:-1]),
}

VALUES: dict[str, Harm] = {
    **{f"{place}: missing": partial(put, place, GONE) for place in _KEYS},
    **{f"{place}: {kind}": partial(put, place, value) for place in PLACES for kind, value in EVERYWHERE.items()},
    **{f"{place}: {n}": partial(put, place, _with(n)) for place in _ARRAYS for n in (np.nan, np.inf, 1e30)},
    **{f"{place}: {n}": partial(put, place, n) for place in _NUMBERS for n in (np.nan, np.inf, -1e300)},
    **{kind: partial(put, *what) for kind, what in ELSEWHERE.items()},
}


# Pickles that call, and pickles that swell


class Call:
    """Pickled as a call of a function; so every unpickler makes it."""

    def __init__(self, function: Callable[..., Any], *args: object) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.args


def _touch(mark: str) -> Call:
    return Call(os.system, f"touch {mark}")


def _object_array(item: object) -> "np.ndarray[Any, Any]":
    array = np.empty(1, dtype=object)
    array[0] = item
    return array


def _by_joblib(part: object, compress: Any = 0) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        joblib.dump(part, Path(place, "part"), compress=compress)
        return Path(place, "part").read_bytes()


def _wrapped(item: object) -> bytes:
    """An array that joblib reads by a second unpickler, inside the first."""
    from joblib.numpy_pickle import NumpyArrayWrapper

    wrapper = NumpyArrayWrapper(np.ndarray, (1,), "C", np.dtype(object))
    return pickle.dumps(wrapper, 4)[:-1] + pickle.dumps(_object_array(item), 4) + b"."


def _estimator(item: object) -> object:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(np.eye(4), [0, 1, 0, 1])
    model.coef_ = item
    return model


def _sound() -> bytes:
    return (SHIPPED / "lines.joblib").read_bytes()


CALLS: Mapping[str, Callable[[str], bytes]] = {
    "os.system": lambda mark: pickle.dumps(_touch(mark), 5),
    "eval": lambda mark: pickle.dumps(Call(eval, f"open({mark!r}, 'w').close()"), 5),
    "exec": lambda mark: pickle.dumps(Call(exec, f"open({mark!r}, 'w').close()"), 5),
    "open": lambda mark: pickle.dumps(Call(open, mark, "w"), 5),
    "a bound method": lambda mark: pickle.dumps(Call(Path(mark).touch), 5),
    "np.memmap": lambda mark: pickle.dumps(Call(np.memmap, mark, "u1", "w+", 0, (4,)), 5),
    "protocol 0": lambda mark: pickle.dumps(_touch(mark), 0),
    "protocol 2": lambda mark: pickle.dumps(_touch(mark), 2),
    "by INST": lambda mark: f"(S'touch {mark}'\nios\nsystem\n.".encode(),
    "by OBJ": lambda mark: b"(cos\nsystem\n" + f"S'touch {mark}'\no.".encode(),
    "in a list": lambda mark: pickle.dumps([1, {"a": (_touch(mark),)}], 5),
    "as a key": lambda mark: pickle.dumps({_touch(mark): 1}, 5),
    "in an array": lambda mark: pickle.dumps(_object_array(_touch(mark)), 5),
    "in an estimator": lambda mark: pickle.dumps(_estimator(_touch(mark)), 5),
    "in a sound part": lambda mark: pickle.dumps({**joblib.load(SHIPPED / "lines.joblib"), "x": _touch(mark)}, 5),
    "by joblib": lambda mark: _by_joblib({"w": np.eye(2), "x": _touch(mark)}),
    "in joblib's array": lambda mark: _by_joblib(_object_array(_touch(mark))),
    "in joblib's array, by hand": lambda mark: _wrapped(_touch(mark)),
    "compressed by zlib": lambda mark: _by_joblib(_touch(mark), 3),
    "compressed by gzip": lambda mark: _by_joblib(_touch(mark), ("gzip", 3)),
    "compressed by bz2": lambda mark: _by_joblib(_touch(mark), ("bz2", 3)),
    "compressed by xz": lambda mark: _by_joblib(_touch(mark), ("xz", 3)),
    "before the end of a sound part": lambda mark: pickle.dumps(_touch(mark), 5)[:-1] + b"0" + _sound()[2:],
}


def _plain(body: bytes) -> bytes:
    return b"\x80\x05" + body


def _in_part(bomb: Callable[[int], bytes]) -> bytes:
    """The shipped part `lines` with a value of these instructions for its headline; `bomb` takes the memo's length."""
    part = {**joblib.load(SHIPPED / "lines.joblib"), "headline": "BOMB"}
    data = pickle.dumps(part, 5)
    codes = [(code, argument, position or 0) for code, argument, position in pickletools.genops(data)]
    place = next(position for code, argument, position in codes if argument == "BOMB")
    memo = sum(code.name == "MEMOIZE" for code, _, position in codes if position < place)
    frames = [position for code, _, position in codes if code.name == "FRAME"]
    bare, before = b"", 0
    for position in [*frames, len(data)]:
        bare, before = bare + data[before:position], position + 9
    return bare.replace(b"\x8c\x04BOMB\x94", bomb(memo))


def _get(memo: int) -> bytes:
    return b"j" + struct.pack("<I", memo)


def _doubled(memo: int) -> bytes:
    """Tuples of the one before, twice: sixty deep, and of 2 ** 60 leaves."""
    return b")" + b"".join(b"\x94" + _get(memo + i) + b"\x86" for i in range(60))


def _lists_doubled(memo: int) -> bytes:
    return b"]" + b"".join(b"\x94](" + 2 * _get(memo + i) + b"e" for i in range(60))


def _colliding(count: int) -> bytes:
    """Whole numbers of one hash as the keys of a dictionary."""
    prime = 2**61 - 1
    keys = ((prime * (i + 1)).to_bytes(10, "little") for i in range(count))
    return b"}(" + b"".join(b"\x8a\x0a" + key + b"N" for key in keys) + b"u"


_F4 = pickle.dumps(np.zeros(1, dtype=np.float32), 5)
BOMBS: Mapping[str, Callable[[], bytes]] = {
    "tuples that share themselves, sixty deep": lambda: _in_part(_doubled),
    "lists that share themselves, sixty deep": lambda: _in_part(_lists_doubled),
    "list that holds itself": lambda: _in_part(lambda memo: b"]\x94" + _get(memo) + b"a"),
    "one list a hundred thousand times": lambda: _in_part(lambda memo: b"](]\x94" + 90_000 * _get(memo) + b"e"),
    "tuples two million deep": lambda: _in_part(lambda _: b")" + b"\x85" * 2_000_000),
    "tuples a hundred thousand deep": lambda: _in_part(lambda _: b")" + b"\x85" * 100_000),
    "lists a hundred thousand deep": lambda: _in_part(lambda _: b"]" * 90_000 + b"a" * 89_999),
    "dictionaries sixty thousand deep": lambda: _in_part(lambda _: b"}\x8c\x00" * 60_000 + b"N" + b"s" * 60_000),
    "marks without end": lambda: _plain(b"(" * 10_000_000),
    "numbers that collide": lambda: _in_part(lambda _: _colliding(100_000)),
    "few numbers that collide": lambda: _in_part(lambda _: _colliding(1000)),
    "number for a key": lambda: _in_part(lambda _: b"}K\x01K\x01s"),
    "ten million numbers": lambda: _plain(b"](" + b"K\x01" * 10_000_000 + b"e."),
    "ten million lists": lambda: _plain(b"](" + b"]" * 10_000_000 + b"e."),
    "one text a hundred thousand times": lambda: _plain(
        b"](" + b"X" + struct.pack("<I", 1_000_000) + b"a" * 1_000_000 + b"\x94" + b"h\x00" * 90_000 + b"e."
    ),
    "number of 30 MB of digits": lambda: _plain(b"I" + b"9" * 30_000_000 + b"\n."),
    "number of 30 MB": lambda: _plain(b"\x8b" + struct.pack("<I", 30_000_000) + b"\x7f" * 30_000_000 + b"."),
    "number of 255 bytes": lambda: _in_part(lambda _: b"\x8a\xff" + b"\x7f" * 255),
    "fraction of 30 MB of digits": lambda: _plain(b"F" + b"9" * 30_000_000 + b"\n."),
    "text of 30 MB in wide characters": lambda: _plain(
        b"X" + struct.pack("<I", 30_000_004) + b"a" * 30_000_000 + "😀".encode() + b"."
    ),
    "text longer than its file": lambda: _plain(b"\x8d" + struct.pack("<Q", 2**62) + b"a."),
    "bytes longer than their file": lambda: _plain(b"\x96" + struct.pack("<Q", 2**40) + b"a."),
    "array longer than its data": lambda: _F4.replace(b"K\x01\x85", b"J\xff\xff\xff\x7f\x85"),
    "array of no elements and two endless axes": lambda: pickle.dumps(np.zeros((0, 2**31, 2**31 - 1), np.int8), 5),
    "array of 33 axes": lambda: _F4.replace(b"K\x01\x85", b"(" + b"K\x01" * 65 + b"t"),
    "zlib of zeros": lambda: zlib.compress(pickle.dumps(bytes(50_000_000))),
    "gzip of zeros": lambda: gzip.compress(pickle.dumps(bytes(50_000_000))),
    "bz2 of zeros": lambda: bz2.compress(pickle.dumps(bytes(50_000_000))),
    "array of 300 MB, compressed by joblib": lambda: _by_joblib({"first": np.zeros(40_000_000)}, 3),
    "empty": lambda: b"",
    "cut off": lambda: _sound()[:-1],
    "cut in half": lambda: _sound()[:200_000],
    "twice": lambda: _sound() * 2,
    "zeros": lambda: bytes(1_000_000),
    "text": lambda: b"import os\n",
    "None": lambda: pickle.dumps(None, 5),
    "persistent id": lambda: _plain(b"\x8c\x01xQ."),
    "extension code": lambda: _plain(b"\x82\x01."),
    "memo far away": lambda: _plain(b"K\x01r\xff\xff\xff\x7f."),
}


def _calling(make: Callable[[str], bytes], folder: Path) -> None:
    write_part(folder, "lines", make(str(folder.with_name(MARK))))


def _swelling(make: Callable[[], bytes], folder: Path) -> None:
    write_part(folder, "lines", make())


PICKLES: dict[str, Harm] = {
    **{f"call, {kind}": partial(_calling, make) for kind, make in CALLS.items()},
    **{f"bomb, {kind}": partial(_swelling, make) for kind, make in BOMBS.items()},
}


# Manifests and files


def _manifest(data: bytes | Callable[[bytes], bytes], folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(data(path.read_bytes()) if callable(data) else data)


def _entries(change: Callable[[dict[str, Any]], dict[str, Any]], folder: Path) -> None:
    """Other entries of files, sealed."""
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    reseal(folder, files=change(files))


def _linked(name: str, target: str, folder: Path) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to(target)


def _replaced(name: str, make: Callable[[Path], object], folder: Path) -> None:
    (folder / name).unlink()
    make(folder / name)


def _hole(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(2**40)


MANIFESTS: Mapping[str, bytes | Callable[[bytes], bytes]] = {
    "empty": b"",
    "no JSON": b"{",
    "list": b"[]",
    "null": b"null",
    "two million brackets": b"[" * 900_000,
    "nested a hundred thousand deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "beyond the limit": b" " * 2**21,
    "number of a million digits": b'{"format": ' + b"9" * 1_000_000 + b"}",
    "NaN": b'{"format": 1, "a": NaN}',
    "infinite number": b'{"format": 1, "a": 1e999}',
    "half a character": b'{"format": 1, "a": "\\ud800"}',
    "no UTF-8": b'{"format": 1, "a": "\xff"}',
    "UTF-16": '{"format": 1}'.encode("utf-16"),
    "format of text": b'{"format": "1"}',
    "format of a fraction": b'{"format": 1.0}',
    "one byte more": lambda data: data + b" ",
    "one key twice": lambda data: data.replace(b"{", b'{\n "a": 1,\n "a": 2,', 1),
    "one byte changed": lambda data: data.replace(b'"name"', b'"nome"'),
}
SEALED: Mapping[str, dict[str, Any]] = {
    "lists to the limit": {"scores": [[]] * 150_000, "name": 0},
    "keys to the limit": {"scores": dict.fromkeys(map(str, range(70_000)), 1), "name": 0},
    "newer format": {"format": 2},
    "older format": {"format": 0},
    "no name": {"name": None},
    "name of 10,000 characters": {"name": "x" * 10_000},
    "name that moves the cursor": {"name": "\x1b[2J"},
    "other labels": {"labels": ["caption", "body", "sidebar"]},
    "labels of numbers": {"labels": 3},
    "versions of numbers": {"versions": {"numpy": 2}},
    "versions in a list": {"versions": ["numpy"]},
    "no topics": {"topics": {}},
    "topics in a list": {"topics": ["asean"]},
    "topics without facts": {"topics": {"asean": 1}},
    "data of numbers": {"data": [1]},
    "data without hashes": {"data": [{"file": "x"}]},
    "no files": {"files": {}},
    "files in a list": {"files": []},
}
ENTRIES: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no part lines": lambda files: {name: entry for name, entry in files.items() if name != "lines.joblib"},
    "no card": lambda files: {name: entry for name, entry in files.items() if name != "MODEL_CARD.md"},
    "unknown part": lambda files: files | {"code.joblib": files["lines.joblib"]},
    "path outside": lambda files: files | {"../lines.joblib": files["lines.joblib"]},
    "absolute path": lambda files: files | {"/etc/passwd": files["lines.joblib"]},
    "name with a zero byte": lambda files: files | {"a\0.joblib": files["lines.joblib"]},
    "ten thousand files": lambda files: files | {f"a{i}.joblib": 1 for i in range(10_000)},
    "entry that is a number": lambda files: files | {"lines.joblib": 1},
    "one byte more than there is": lambda files: _sized(files, files["lines.joblib"]["size"] + 1),
    "one byte less than there is": lambda files: _sized(files, files["lines.joblib"]["size"] - 1),
    **{
        f"size of {kind}": partial(lambda size, files: _sized(files, size), size)
        for kind, size in {"-1": -1, "2 ** 40": 2**40, "4,000 digits": 10**4000, "text": "1", "True": True}.items()
    },
    "other hash": lambda files: files | {"lines.joblib": files["lines.joblib"] | {"sha256": "0" * 64}},
    "hash of a number": lambda files: files | {"lines.joblib": files["lines.joblib"] | {"sha256": 0}},
}


def _sized(files: dict[str, Any], size: object) -> dict[str, Any]:
    return files | {"lines.joblib": files["lines.joblib"] | {"size": size}}


def _large_card(folder: Path) -> None:
    (folder / "MODEL_CARD.md").write_bytes(b"x" * 40_000_000)
    reseal(folder)


def _file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


FILES: dict[str, Harm] = {
    "part that is a link": partial(_linked, "lines.joblib", str(SHIPPED / "lines.joblib")),
    "part that is a link to an endless file": partial(_linked, "lines.joblib", "/dev/zero"),
    "card that is a link": partial(_linked, "MODEL_CARD.md", "/etc/hostname"),
    "manifest that is a link": partial(_linked, "manifest.json", str(SHIPPED / "manifest.json")),
    "manifest that is a link to an endless file": partial(_linked, "manifest.json", "/dev/zero"),
    "manifest that is a link to nothing": partial(_linked, "manifest.json", "nothing"),
    "part that is a pipe": partial(_replaced, "lines.joblib", os.mkfifo),
    "card that is a pipe": partial(_replaced, "MODEL_CARD.md", os.mkfifo),
    "manifest that is a pipe": partial(_replaced, "manifest.json", os.mkfifo),
    "part that is a folder": partial(_replaced, "lines.joblib", Path.mkdir),
    "manifest that is a folder": partial(_replaced, "manifest.json", Path.mkdir),
    "part of a terabyte": partial(_replaced, "lines.joblib", _hole),
    "manifest of a terabyte": partial(_replaced, "manifest.json", _hole),
    "part that is missing": lambda folder: (folder / "lines.joblib").unlink(),
    "card that is missing": lambda folder: (folder / "MODEL_CARD.md").unlink(),
    "manifest that is missing": lambda folder: (folder / "manifest.json").unlink(),
    "file that is not listed": lambda folder: (folder / "code.py").write_text("print(1)"),
    "folder that is not listed": lambda folder: (folder / "__pycache__").mkdir(),
    "file with a name that moves the cursor": lambda folder: (folder / "\x1b[2J").write_text(""),
    "card of 40 MB": _large_card,
    "folder that is a file": _file_instead,
    "folder that is not there": shutil.rmtree,
}

KINDS: dict[str, Harm] = {
    **{f"value, {kind}": harm for kind, harm in VALUES.items()},
    **PICKLES,
    **{f"manifest, {kind}": partial(_manifest, data) for kind, data in MANIFESTS.items()},
    **{f"sealed, {kind}": partial(reseal, **changes) for kind, changes in SEALED.items()},
    **{f"entry, {kind}": partial(_entries, change) for kind, change in ENTRIES.items()},
    **{f"file, {kind}": harm for kind, harm in FILES.items()},
}

GROUPS = {
    "value": "values missing, of a wrong type, shape, size or range",
    "call": "pickles that call a function",
    "bomb": "pickles that swell, nest, share or break off",
    "manifest": "manifests that locbao did not write",
    "sealed": "manifests sealed anew with nonsense",
    "entry": "lists of files sealed anew with nonsense",
    "file": "links, pipes, holes, files too many or too few",
}
"""What is wrong, by the first word of a kind's name."""
