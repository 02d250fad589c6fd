"""What the installed underthesea knows about words: its files, read without importing it.

Importing it takes as long as all of a cold start may, and configures the root logger. The files are read only if their
content is known; their licence is Apache-2.0.
"""

import ast
import pickle
import re
import struct
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from locbao.features.arrays import FloatArray
from locbao.features.errors import LocbaoError

_WORDS, _TEXT = "pipeline/word_tokenize", "pipeline/text_normalize"
_TOKENIZER = f"{_WORDS}/regex_tokenize.py"
_RULES = f"{_TEXT}/tn_rules_2023_07_14.bin"
_MODEL = f"{_WORDS}/models/ws_crf_vlsp2013_20230727"

_DATA = {  # sha256 of what is read, the same since underthesea 6.8
    _RULES: "a8ef96ef9837f6a377154fdfc970b9b88351d39f9353fa693d53ab49798817f9",
    f"{_MODEL}/models.bin": "c3a64c64349f1d73304f89babacaa8f8cd6078b1ec1a1b2c104e9e411ac1d2c3",
    f"{_MODEL}/dictionary.bin": "ec8c62b3881c6682c18959988e1fe08800cc835777778845bded470ca02745d9",
    f"{_MODEL}/features.bin": "cf93263c7c7973bf50122b0be76a394443ff61be00c1368713dee1b7d5b8a435",
}
_CODE = {  # sha256 of the code that decides on words, as in underthesea 9.2.11 to 9.5.0
    _TOKENIZER: "5cb4fdc04fc806ac51842d9ec96834e9647262361bf865bacc164e96dc898a76",
    f"{_WORDS}/__init__.py": "65b26025dfd44e2e1ddb03b98b1a25a26fe703596b22730e0c16f79a7f0fbb5d",
    f"{_TEXT}/__init__.py": "1b11d69a834925e769f4d89ce69fac3f0df89d0acf68626b0d2c75a0abee3233",
    f"{_TEXT}/character_normalize.py": "f10727cca09ec90c88abaaa6b697ad3a1205ab783066ad0b59fa31ecdaa792d1",
    f"{_TEXT}/text_normalizer.py": "f35f6d22e7b1c4f916bc0f832222496ff3993be4f31d34dee2c8fed4565b4c2d",
    f"{_TEXT}/token_normalize.py": "e3dfaccc016417d181260234db2573f2c2c349e403e6566d9f35022633d9c50e",
    "models/fast_crf_sequence_tagger.py": "2f7dba214c3e4ea31221a328e759c5a11deff902c9768581a061e8a4a28d8762",
}
_CORES = frozenset({"3.3.2"})  # versions of underthesea_core, which tags; its compiled file differs by platform

# In the pattern for web addresses a repeated class stands alone in a repeated group: `http://` before 30 dots takes
# minutes, each more doubles it. Repeating it once matches the same text in linear time.
_NESTED, _FLAT = r"[^\s()<>{}\[\]]+", r"[^\s()<>{}\[\]]"

# The layout of the weights, from N. Okazaki, CRFsuite 0.12, `lib/crf/src/crf1d_model.c` and its string table CQDB.
_MAGIC, _KIND, _VERSION = b"lCRF", b"FOMC", 100
_STATE, _TRANSITION = 0, 1  # kinds of features
_CHUNK = 12  # bytes that open a chunk: its name, its size, the number of its entries
_RECORD = 8  # bytes before a string: its number and its size; it ends with a zero
# Magic, size, kind, version, features (not kept by the writer), labels, attributes; then where the features, the
# strings of the labels and those of the attributes begin.
_HEADER = struct.Struct("<4sI4s7I")
_FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])


class UndertheseaMissing(LocbaoError):
    """Words were asked for, but underthesea, whose word model is used, is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "cannot split text into words: underthesea is not installed, and its word model is what is used. "
            "Try: pip install 'underthesea>=9.5'"
        )


@dataclass(frozen=True, slots=True)
class CrfWeights:
    """Weights of a linear-chain conditional random field with l labels and a attributes (what is seen at a place, as
    text). Reading the file whole gives them all at once; a tagger would have to be asked string by string.

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
        magic, _, kind, format_version, _, labels, attributes, *at = _HEADER.unpack_from(data)
        if (magic, kind, format_version) != (_MAGIC, _KIND, _VERSION):
            raise ValueError(f"no CRFsuite model of version {_VERSION}: the file begins with {data[:16]!r}")
        features_at, labels_at, attributes_at = at
        count = int.from_bytes(data[features_at + 8 : features_at + _CHUNK], "little")
        features = np.frombuffer(data, _FEATURE, count, features_at + _CHUNK)
        state = np.zeros((attributes, labels))
        transition = np.zeros((labels, labels))
        for kind, table in ((_STATE, state), (_TRANSITION, transition)):
            chosen = features[features["kind"] == kind]
            table[chosen["source"], chosen["target"]] = chosen["weight"]
        return cls(_strings(data, labels_at), _strings(data, attributes_at), state, transition)


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


@dataclass(frozen=True, slots=True)
class WordModel:
    """`token`: finds the tokens of a text. `characters`, `respelt`: characters and tokens that are replaced.
    `dictionary`: words in lower case. `weights`: of the labels that say where a word begins. `templates`: what is seen
    of a token's neighbourhood. `file`: where the weights are from. `is_known`: whether the code that would use them in
    underthesea is known, too."""

    token: re.Pattern[str]
    characters: dict[str, str]
    respelt: dict[str, str]
    dictionary: set[str]
    weights: CrfWeights
    templates: list[str]
    file: Path
    is_known: bool


def read_word_model() -> WordModel | None:
    """The word model of the installed underthesea; None if its files are not the known ones.

    Raises UndertheseaMissing.
    """
    spec = find_spec("underthesea")
    if spec is None or not spec.submodule_search_locations:
        raise UndertheseaMissing
    folder = Path(spec.submodule_search_locations[0])
    try:
        files = {name: (folder / name).read_bytes() for name in _DATA}
        if any(sha256(data).hexdigest() != _DATA[name] for name, data in files.items()):
            return None
        token = _token_pattern((folder / _TOKENIZER).read_bytes())
    except (OSError, SyntaxError, LookupError, NameError, TypeError, re.error):
        return None  # another underthesea, which finds its tokens in another way
    rules = pickle.loads(files[_RULES])  # an uncompressed joblib file without arrays; its hash is known
    return WordModel(
        token=token,
        characters=rules["character"],
        respelt=rules["token"],
        dictionary=pickle.loads(files[f"{_MODEL}/dictionary.bin"]),
        weights=CrfWeights.of(files[f"{_MODEL}/models.bin"]),
        templates=pickle.loads(files[f"{_MODEL}/features.bin"]),
        file=folder / _MODEL / "models.bin",
        is_known=_code_is_known(folder),
    )


def _code_is_known(folder: Path) -> bool:
    try:
        digests = {name: sha256((folder / name).read_bytes()).hexdigest() for name in _CODE}
        return digests == _CODE and version("underthesea_core") in _CORES
    except (FileNotFoundError, PackageNotFoundError):
        return False


def _token_pattern(source: bytes) -> re.Pattern[str]:
    """The pattern that the source of a tokenizer builds up from named parts, without its imports and functions."""
    module = ast.parse(source)
    module.body = [
        node
        for node in module.body
        if isinstance(node, ast.Assign) and not (isinstance(node.value, ast.Call) and "re.compile" in ast.unparse(node))
    ]
    names: dict[str, str] = {}
    exec(compile(module, _TOKENIZER, "exec"), names)
    return re.compile(names["regex_patterns_combine"].replace(_NESTED, _FLAT), re.VERBOSE)
