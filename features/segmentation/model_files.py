"""What the installed underthesea knows about words: its files, read without importing it.

Importing it takes as long as all of a cold start may, and configures the root logger. The files are read only if they
are the ones whose behaviour is known; their licence is Apache-2.0.
"""

import ast
import pickle
import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.features.segmentation.crf_weights import CrfWeights

_WORDS, _TEXT = "pipeline/word_tokenize", "pipeline/text_normalize"
_TOKENIZER = f"{_WORDS}/regex_tokenize.py"
_RULES = f"{_TEXT}/tn_rules_2023_07_14.bin"
_MODEL = f"{_WORDS}/models/ws_crf_vlsp2013_20230727"

_KNOWN = {  # sha256 of all that decides on words, as in underthesea 9.5.0
    _TOKENIZER: "5cb4fdc04fc806ac51842d9ec96834e9647262361bf865bacc164e96dc898a76",
    _RULES: "a8ef96ef9837f6a377154fdfc970b9b88351d39f9353fa693d53ab49798817f9",
    f"{_MODEL}/models.bin": "c3a64c64349f1d73304f89babacaa8f8cd6078b1ec1a1b2c104e9e411ac1d2c3",
    f"{_MODEL}/dictionary.bin": "ec8c62b3881c6682c18959988e1fe08800cc835777778845bded470ca02745d9",
    f"{_MODEL}/features.bin": "cf93263c7c7973bf50122b0be76a394443ff61be00c1368713dee1b7d5b8a435",
    f"{_WORDS}/__init__.py": "65b26025dfd44e2e1ddb03b98b1a25a26fe703596b22730e0c16f79a7f0fbb5d",
    f"{_TEXT}/__init__.py": "1b11d69a834925e769f4d89ce69fac3f0df89d0acf68626b0d2c75a0abee3233",
    f"{_TEXT}/character_normalize.py": "f10727cca09ec90c88abaaa6b697ad3a1205ab783066ad0b59fa31ecdaa792d1",
    f"{_TEXT}/text_normalizer.py": "f35f6d22e7b1c4f916bc0f832222496ff3993be4f31d34dee2c8fed4565b4c2d",
    f"{_TEXT}/token_normalize.py": "e3dfaccc016417d181260234db2573f2c2c349e403e6566d9f35022633d9c50e",
    "models/fast_crf_sequence_tagger.py": "2f7dba214c3e4ea31221a328e759c5a11deff902c9768581a061e8a4a28d8762",
}
_KNOWN_CORES = frozenset({"3.3.2"})  # of underthesea_core, which tags; its compiled file differs by platform

# In the pattern for web addresses a repeated class stands alone in a repeated group: `http://` before 30 dots takes
# minutes, each more doubles it. Repeating it once matches the same text in linear time.
_NESTED, _FLAT = r"[^\s()<>{}\[\]]+", r"[^\s()<>{}\[\]]"


class UndertheseaMissing(LocbaoError):
    """Words were asked for, but underthesea, whose word model is used, is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "cannot split text into words: underthesea is not installed, and its word model is what is used. "
            "Try: pip install 'underthesea>=9.5,<10'"
        )


@dataclass(frozen=True, slots=True)
class WordModel:
    """`token`: finds the tokens of a text. `characters`, `respelt`: characters and tokens that are replaced.
    `dictionary`: words in lower case. `weights`: of the labels that say where a word begins. `templates`: what is seen
    of a token's neighbourhood. `file`: where the weights are from."""

    token: re.Pattern[str]
    characters: dict[str, str]
    respelt: dict[str, str]
    dictionary: set[str]
    weights: CrfWeights
    templates: list[str]
    file: Path


def read_word_model() -> WordModel | None:
    """The word model of the installed underthesea; None if its files are not the known ones.

    Raises UndertheseaMissing.
    """
    spec = find_spec("underthesea")
    if spec is None or not spec.submodule_search_locations:
        raise UndertheseaMissing
    folder = Path(spec.submodule_search_locations[0])
    files = _known_files(folder)
    if files is None:
        return None
    rules = pickle.loads(files[_RULES])  # an uncompressed joblib file without arrays; its hash is known
    return WordModel(
        token=_token_pattern(files[_TOKENIZER]),
        characters=rules["character"],
        respelt=rules["token"],
        dictionary=pickle.loads(files[f"{_MODEL}/dictionary.bin"]),
        weights=CrfWeights.of(files[f"{_MODEL}/models.bin"]),
        templates=pickle.loads(files[f"{_MODEL}/features.bin"]),
        file=folder / _MODEL / "models.bin",
    )


def _known_files(folder: Path) -> dict[str, bytes] | None:
    try:
        files = {name: (folder / name).read_bytes() for name in _KNOWN}
        known_core = version("underthesea_core") in _KNOWN_CORES
    except (FileNotFoundError, PackageNotFoundError):
        return None
    known = all(sha256(data).hexdigest() == _KNOWN[name] for name, data in files.items())
    return files if known and known_core else None


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
