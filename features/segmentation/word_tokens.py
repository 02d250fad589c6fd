"""Tokens of lines as underthesea cuts them, found once for every run of characters without a space.

Its pattern never reaches over a space, so that a run gives the same tokens wherever it stands; only an initial such as
`A.` is cut in two at the end of a line.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from locbao.features.arrays import BoolArray, IntArray
from locbao.features.segmentation.model_files import WordModel
from locbao.features.segmentation.tagging import Scores, TokenArray

LONGEST_RUN = 256
"""Characters without a space that are looked at together: the time for `a.a.a.` grows with the square of its length."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_EDGES = np.arange(2, dtype=np.int32).tobytes()  # tokens 0 and 1 stand between lines; the second one ends the line
_FULL = 6_000_000  # characters of runs and tokens known, after which all are forgotten: some 90 MB
_ENTRY = 32  # characters that an entry costs beside its own


class TokenTable:
    """Numbers for tokens, and the rows and texts that belong to them."""

    def __init__(self, model: WordModel, scores: Scores) -> None:
        self._model, self._scores = model, scores
        self.clear()

    def clear(self) -> None:
        """Forgets all tokens."""
        self._run = cache(self._packed)  # the numbers of the tokens in a run of characters
        self._number: dict[str, int] = {}
        self._new: list[str] = []
        self._written = ["", "", "\n", "\n"]
        self._spelling = ["", "\n"]
        self._size = 0
        self._described = self._scores.edge().repeat(2)

    @property
    def is_full(self) -> bool:
        """Whether it is time to clear."""
        return self._size > _FULL

    def numbers(self, lines: Sequence[str]) -> IntArray:
        """The numbers of the tokens of some lines in reading order, two edges before, between and after lines."""
        packed = [_EDGES]
        for line in lines:
            runs = line.split()
            if runs and runs[-1][-1] == "." and line.endswith((runs[-1], runs[-1] + "\n")):
                runs[-1] += "\n"
            packed.extend(map(self._run, runs))
            packed.append(_EDGES)
        self._describe_new()
        return np.frombuffer(b"".join(packed), dtype=np.int32).astype(np.int64)

    def describe(self, numbers: IntArray) -> TokenArray:
        """(t,) what the scores need to know of some tokens."""
        return self._described[numbers]

    def spelling(self, numbers: IntArray) -> list[str]:
        """The tokens as they are spelt."""
        return list(map(self._spelling.__getitem__, numbers.tolist()))

    def text(self, numbers: IntArray, inside: BoolArray) -> str:
        """The tokens in lower case, a `_` before those `inside` a word, a space before others; lines end in `\\n`."""
        return "".join(map(self._written.__getitem__, (2 * numbers + inside).tolist()))

    def _describe_new(self) -> None:
        stop = len(self._written) // 2
        while stop > len(self._described):
            self._described = np.concatenate((self._described, np.empty_like(self._described)))
        self._described[stop - len(self._new) : stop] = self._scores.describe(self._new)
        self._new = []

    def _packed(self, run: str) -> bytes:
        self._size += len(run) + _ENTRY
        tokens = [self._model.respelt.get(token, token) for token in self._tokens(run)]
        return np.array([self._numbered(token) for token in tokens], dtype=np.int32).tobytes()

    def _numbered(self, token: str) -> int:
        number = self._number.get(token)
        if number is None:
            self._size += len(token) + _ENTRY
            self._number[token] = number = len(self._written) // 2
            self._new.append(token)
            self._spelling.append(token)
            lower = token.lower()
            self._written += (" " + lower, "_" + lower)
        return number

    def _tokens(self, run: str) -> Iterator[str]:
        """`run` ends with a line feed if it ends the line."""
        if run.isalpha() and run.islower() and len(run) <= LONGEST_RUN and unicodedata.is_normalized("NFC", run):
            yield self._spelt(run)
            return
        end = "\n" if run[-1] == "\n" else " "
        text = self._spelt(unicodedata.normalize("NFC", LONE_SURROGATE.sub("\ufffd", run.rstrip("\n"))))
        for start in range(0, len(text), LONGEST_RUN):
            stop = start + LONGEST_RUN
            piece = text[start:stop] + (end if stop >= len(text) else " ")
            yield from (match.group() for match in self._model.token.finditer(piece))

    def _spelt(self, text: str) -> str:
        for old, new in self._model.characters.items():
            text = text.replace(old, new)
        return text
