"""Which tokens continue the word before them: scores from the weights of what is seen around each, and the best labels.

underthesea describes a token by 43 strings built from it and its neighbours: the texts of one, two or three tokens in a
row, those in lower case, whether they begin with capitals, are a number, stand in the dictionary. With two labels only
the difference of their weights counts, and the share of a text in it depends on nothing but the text and its place: so
it is summed once for every text that the model knows, and looked up as a row with a column per place.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import BoolArray, ByteArray, FloatArray, HashArray, IntArray
from locbao.features.segmentation.model_files import CrfWeights
from locbao.features.tokens import Lookup

WORD_LABELS = ("B-W", "I-W")  # a token begins a word or continues it
TITLE, PLAIN, EDGE = 0, 1, 2  # kinds of tokens; that of several in a row is the bits of theirs together

_ONE = ("T[-2]", "T[-1]", "T[0]", "T[1]", "T[2]")  # places of a text seen from a token, as the model writes them
_TWO = ("T[-2,-1]", "T[-1,0]", "T[0,1]", "T[1,2]")
_THREE = ("T[-2,0]", "T[-1,1]", "T[0,2]")
_SPELT, _LOWER, _DIGIT, _TITLE, _LISTED = "", ".lower", ".isdigit", ".istitle", ".is_in_dict"  # what is seen of it
_EDGES = frozenset({"BOS", "EOS"})
_BITS = np.uint64(21)  # of a token's number, so that three of them fit into one code
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that different codes stay different (Knuth's golden-ratio multiplier)
_NUMBER = re.compile(r"[+-]?[0-9]+")
_SWEEPS = 24  # over all places that still change; few are left after five, and a rare long chain is then followed alone
_CLOSE = 1e-7  # difference of scores below which the order of additions may decide

_Number = TypeVar("_Number", bound=np.generic)
_Tables = Mapping[str, Mapping[str, float]]  # place and what is seen -> value -> weight to continue less that to begin

TOKEN = np.dtype([("alone", "<f8", len(_ONE)), ("spelt", "<u4"), ("lower", "<u4"), ("kind", "u1")], align=True)
"""What the scores need to know of a token: what it adds by itself to the one two after it, one after, itself, one
before, two before; numbers of its text and of that in lower case, 0 if the model knows no such token; its kind."""

TokenArray = npt.NDArray[np.void]


class Scores:
    """The weights of a word model, summed by text."""

    def __init__(self, weights: CrfWeights, dictionary: Iterable[str]) -> None:
        """`dictionary`: words in lower case. Raises ValueError for labels other than WORD_LABELS."""
        if weights.labels != WORD_LABELS:
            raise ValueError(f"a word model has the labels {WORD_LABELS}, not {weights.labels}")
        tables, number = _tables(weights), _numbers()
        words: dict[int, list[str]] = defaultdict(list)
        for word in dictionary:
            words[word.count(" ") + 1].append(word)
        self._two = _Sequences(tables, _TWO, words[2], number)
        self._three = _Sequences(tables, _THREE, words[3], number)
        spelt, lower = ([tables[place + aspect] for place in _ONE] for aspect in (_SPELT, _LOWER))
        for text in chain(words[1], *spelt, *lower):
            number[text]
        count = len(number) + 1
        self._spelt, self._lower = (_summed(table, number, count) for table in (spelt, lower))
        self._lower += _listed(tables, _ONE, [number[word] for word in words[1]], count)
        self._number = dict(number)
        self._digit = np.stack([_valued(tables, _ONE, _DIGIT, value) for value in ("False", "True")])
        self._title = _title(tables, _ONE)
        self._edge = _edge(tables, _ONE, "BOS")

    def edge(self) -> TokenArray:
        """(1,) what stands twice before and after every sequence of tokens."""
        edge = np.zeros(1, dtype=TOKEN)
        edge["alone"], edge["kind"] = self._edge, EDGE
        return edge

    def describe(self, texts: Sequence[str]) -> TokenArray:
        """(len(texts),) what is known of these tokens, none of them empty."""
        tokens = np.zeros(len(texts), dtype=TOKEN)
        tokens["spelt"] = [self._number.get(text, 0) for text in texts]
        tokens["lower"] = [self._number.get(text.lower(), 0) for text in texts]
        tokens["kind"] = [TITLE if text[0] == text[0].upper() else PLAIN for text in texts]
        digit = np.array([_is_number(text) for text in texts], dtype=np.int64)
        tokens["alone"] = self._spelt.take(tokens["spelt"], axis=0) + self._lower.take(tokens["lower"], axis=0)
        tokens["alone"] += self._digit.take(digit, axis=0) + self._title.take(tokens["kind"], axis=0)
        return tokens

    def gains(self, tokens: TokenArray) -> FloatArray:
        """(t,) weight to continue a word less that to begin one.

        Two edges must stand between sequences, before the first and after the last; what they get means nothing.
        """
        alone = tokens["alone"]
        spelt, lower = tokens["spelt"].astype(np.uint64), tokens["lower"].astype(np.uint64)
        two = self._two.rows(spelt, lower, tokens["kind"])
        three = self._three.rows(spelt, lower, tokens["kind"])
        gains = alone[:, 2].copy()
        gains[2:] += alone[:-2, 0] + two[:-1, 0] + three[:, 0]
        gains[1:] += alone[:-1, 1] + two[:, 1]
        gains[1:-1] += three[:, 1]
        gains[:-1] += alone[1:, 3] + two[:, 2]
        gains[:-2] += alone[2:, 4] + two[1:, 3] + three[:, 2]
        return gains


class _Sequences:
    """The rows of the texts of two tokens in a row, or of three; p is the number of places."""

    def __init__(self, tables: _Tables, places: Sequence[str], words: Sequence[str], number: dict[str, int]) -> None:
        self._size = 3 if places is _THREE else 2
        self._find_spelt, self._spelt = self._rows_by_text(tables, places, _SPELT, [], number)
        self._find_lower, self._lower = self._rows_by_text(tables, places, _LOWER, words, number)
        listed = self._find_lower.find(self._codes(words, number))
        self._lower += _listed(tables, places, listed, len(self._lower))
        self._opens, self._closes = len(self._lower) - 3, len(self._lower) - 2
        self._lower[self._opens] = _edge(tables, places, "BOS")
        self._lower[self._closes] = _edge(tables, places, "EOS")
        self._title = np.concatenate((_title(tables, places), np.zeros((2, len(places)))))

    def _rows_by_text(
        self, tables: _Tables, places: Sequence[str], aspect: str, words: Sequence[str], number: dict[str, int]
    ) -> tuple[Lookup, FloatArray]:
        """The way to a text's row and the rows, (k + 3, p), the last of which is for all other texts (row -1)."""
        gains = [_texts(tables[place + aspect]) for place in places]
        codes = [self._codes(by_text, number) for by_text in gains]
        find = Lookup(np.concatenate((*codes, self._codes(words, number))))
        rows = np.zeros((sum(map(len, codes)) + len(words) + 3, len(places)))
        for column, by_text in enumerate(gains):
            rows[find.find(codes[column]), column] = list(by_text.values())
        return find, rows

    def _codes(self, texts: Collection[str], number: dict[str, int]) -> HashArray:
        tokens = " ".join(texts).split(" ") if texts else []  # at once, for there are tens of thousands
        numbers = np.array(list(map(number.__getitem__, tokens)), dtype=np.uint64)
        return _codes(numbers.reshape(-1, self._size).T)

    def rows(self, spelt: HashArray, lower: HashArray, kind: ByteArray) -> FloatArray:
        """(t - 1, p) or (t - 2, p): the row of the sequence that starts at each of t tokens."""
        kinds = reduce(np.bitwise_or, self._windows(kind))
        place = self._find_lower.find(_codes(self._windows(lower)))
        place[kinds >= EDGE] = self._closes
        place[kind[: len(kinds)] == EDGE] = self._opens
        rows: FloatArray = self._lower.take(place, axis=0)
        rows += self._spelt.take(self._find_spelt.find(_codes(self._windows(spelt))), axis=0)
        rows += self._title.take(kinds, axis=0)
        return rows

    def _windows(self, values: npt.NDArray[_Number]) -> list[npt.NDArray[_Number]]:
        """(size, t - size + 1): the first tokens of all sequences, the second ones, …"""
        count = len(values) - self._size + 1
        return [values[start : start + count] for start in range(self._size)]


def _numbers() -> dict[str, int]:
    """Numbers from 1 for texts, in the order in which they are first asked for."""
    numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers) + 1)
    return numbers


def _codes(numbers: Sequence[HashArray] | HashArray) -> HashArray:
    """(m,) one code for each column of `numbers`, (size, m)."""
    codes: HashArray = numbers[0].copy()
    for follower in numbers[1:]:
        codes <<= _BITS
        codes |= follower
    codes *= _MIX
    return codes


def _tables(weights: CrfWeights) -> _Tables:
    tables: dict[str, dict[str, float]] = defaultdict(dict)
    for attribute, gain in zip(weights.attributes, (weights.state[:, 1] - weights.state[:, 0]).tolist(), strict=True):
        place, _, text = attribute.partition("=")
        tables[place][text] = gain
    return tables


def _texts(table: Mapping[str, float]) -> dict[str, float]:
    """The table without the values that mean an edge."""
    return {text: gain for text, gain in table.items() if text not in _EDGES}


def _summed(gains: Sequence[Mapping[str, float]], row: Mapping[str, int], count: int) -> FloatArray:
    """(count, p) the gains of texts by place, in the rows of the texts."""
    result = np.zeros((count, len(gains)))
    for column, by_text in enumerate(gains):
        result[list(map(row.__getitem__, by_text)), column] = list(by_text.values())
    return result


def _valued(tables: _Tables, places: Sequence[str], aspect: str, value: str) -> FloatArray:
    """(p,) weights of one value."""
    return np.array([tables[place + aspect].get(value, 0.0) for place in places])


def _listed(tables: _Tables, places: Sequence[str], rows: list[int] | IntArray, count: int) -> FloatArray:
    """(count, p) weights for standing in the dictionary, in `rows`, and for not standing there."""
    result = np.tile(_valued(tables, places, _LISTED, "False"), (count, 1))
    result[rows] = _valued(tables, places, _LISTED, "True")
    return result


def _title(tables: _Tables, places: Sequence[str]) -> FloatArray:
    """(2, p) weights by kind, TITLE or PLAIN."""
    return np.stack([_valued(tables, places, _TITLE, value) for value in ("True", "False")])


def _edge(tables: _Tables, places: Sequence[str], left: str) -> FloatArray:
    """(p,) weights where a token meets an edge: what is seen from before it is `left`, from after it the end."""
    result = np.zeros(len(places))
    for aspect in (_SPELT, _LOWER, _DIGIT, _TITLE, _LISTED):
        opens = np.array([place.startswith("T[-") for place in places])
        result += np.where(opens, _valued(tables, places, aspect, left), _valued(tables, places, aspect, "EOS"))
    return result


def _is_number(token: str) -> bool:
    """Whether it is a whole number of 32 bits."""
    return _NUMBER.fullmatch(token) is not None and -(2**31) <= int(token) < 2**31


class TwoLabels:
    """The best sequence of labels 0 and 1, for many sequences at once (Viterbi, on the difference of the two scores).

    Of the scores of the best sequences that end in either label only the difference matters, 1 less 0: it is
    `step(difference before) + gain`, and `step` is flat outside a narrow band. So almost every difference is right
    whatever is assumed of the one before it, and the rest after a few sweeps over those behind a change.
    """

    def __init__(self, transition: FloatArray) -> None:
        """`transition` (2, 2): the weight from a label to the next."""
        (self._to_0, self._to_1), (self._on_0, self._on_1) = transition.tolist()

    def labels(self, gains: FloatArray, first: BoolArray) -> tuple[BoolArray, BoolArray]:
        """(t,) whether a place has label 1, and (t,) whether that was too close to call there.

        `gains` (t): weight of label 1 less that of 0. `first` (t): whether a sequence starts.
        """
        score = gains.copy()
        places = np.flatnonzero(~first)
        for _ in range(_SWEEPS):
            if not len(places):
                break
            better = self._step(score[places - 1]) + gains[places]
            changed = places[better != score[places]]
            score[places] = better
            changed = changed[changed < len(gains) - 1] + 1
            places = changed[~first[changed]]
        if len(places):
            self._follow(score, gains, first, int(places[0]))
        return self._backwards(score, first)

    def _step(self, score: FloatArray) -> FloatArray:
        step: FloatArray = np.maximum(self._to_1, score + self._on_1) - np.maximum(self._to_0, score + self._on_0)
        return step

    def _follow(self, score: FloatArray, gains: FloatArray, first: BoolArray, start: int) -> None:
        """Sets the scores from `start` on, one after the other."""
        before = float(score[start - 1])
        scores = []
        for gain, is_first in zip(gains[start:].tolist(), first[start:].tolist(), strict=True):
            if is_first:
                before = gain
            else:
                step = max(self._to_1, before + self._on_1) - max(self._to_0, before + self._on_0)
                before = step + gain
            scores.append(before)
        score[start:] = scores

    def _backwards(self, score: FloatArray, first: BoolArray) -> tuple[BoolArray, BoolArray]:
        """The best sequence, in which each label leads to the one before, and where a choice was close."""
        last = np.append(first[1:], True)
        after_0 = score - np.where(last, 0.0, self._to_0 - self._on_0)  # above nothing: label 1 here if the next is 0
        after_1 = score - np.where(last, 0.0, self._to_1 - self._on_1)
        close: BoolArray = np.minimum(np.abs(after_0), np.abs(after_1)) < _CLOSE
        labels: BoolArray = after_0 > 0
        turns = labels.copy()  # where the label depends on the next one, it is the same or its opposite
        depends = labels != (after_1 > 0)
        settled, chained = np.flatnonzero(~depends), np.flatnonzero(depends)
        source = settled[settled.searchsorted(chained)]
        count = np.cumsum(depends & turns)
        odd = (count[source] - count[chained] + turns[chained]) % 2 == 1
        labels[chained] = labels[source] ^ odd
        return labels, close
