"""Vietnamese words: which syllables belong together, by the word model of underthesea.

The words are those of `underthesea.word_tokenize`, from its own weights, in lower case and with `_` between the
syllables of a word; whole batches of lines at a time as arrays, where underthesea builds 43 strings for every token.
"""

import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from locbao.features.arrays import BoolArray, IntArray
from locbao.features.segmentation.model_files import WordModel, read_word_model
from locbao.features.segmentation.reference import Tagger, Texts, reference_agrees, reference_texts
from locbao.features.segmentation.tagging import EDGE, WORD_LABELS, Scores, TwoLabels
from locbao.features.segmentation.word_tokens import TokenTable

LONGEST_LINE = 2**16
"""Characters that are looked at together, few enough for the processor's cache. A longer line is cut at spaces, and no
word reaches over a cut."""

_REMEMBERED = 24_000_000  # characters of lines and words: some 100 MB in all
_ENTRY = 100  # characters that a line costs there beside its own

_one_at_a_time = threading.RLock()
if hasattr(os, "register_at_fork"):
    # A process is forked between two calls: a child has the forking thread alone, and nobody would ever finish the call
    # of another one and release the lock.
    os.register_at_fork(
        before=_one_at_a_time.acquire, after_in_parent=_one_at_a_time.release, after_in_child=_one_at_a_time.release
    )


class UnknownUnderthesea(UserWarning):
    """The installed underthesea splits text in another way than the known ones: its words are used, but come slowly."""

    def __init__(self) -> None:
        super().__init__(
            "the installed underthesea is not one that is known, and splits text in another way: words come from its "
            "own word_tokenize, which takes many times as long. Try: pip install underthesea==9.5.0 "
            "underthesea_core==3.3.2"
        )


class Segmenter:
    """Splits lines into words; each distinct line once while it is remembered. For any number of threads.

    Lines are taken as they are: normalise them first where `hoà` and `hòa` shall be one word, for zero-width
    characters and entities split syllables.
    """

    def __init__(self, texts: Texts, remembered: int = _REMEMBERED) -> None:
        """`remembered`: characters of lines and their words, the longest unasked for of which are forgotten first."""
        self._texts, self._most = texts, remembered
        self._text_of: OrderedDict[str, str] = OrderedDict()
        self._size = 0

    def words(self, line: str) -> tuple[str, ...]:
        """The words of a line, as in `segment_many`."""
        return self.segment_many([line])[0]

    def segment_many(self, lines: Sequence[str]) -> list[tuple[str, ...]]:
        """The words of each line in order, in lower case, `_` between the syllables of a word.

        They are those of underthesea for lines of up to LONGEST_LINE characters without a run of more than LONGEST_RUN
        (see word_tokens) between spaces; longer ones are cut. A lone surrogate becomes U+FFFD.
        """
        with _one_at_a_time:
            text_of = {line: self._text_of[line] for line in lines if line in self._text_of}
            for line in text_of:
                self._text_of.move_to_end(line)
            if new := list(dict.fromkeys(line for line in lines if line not in text_of)):
                text_of |= zip(new, self._new_texts(new), strict=True)
        return [tuple(text_of[line].split()) for line in lines]

    def _new_texts(self, lines: Sequence[str]) -> list[str]:
        texts: list[str] = []
        for block in _blocks(lines):
            if len(block) == 1 and len(block[0]) > LONGEST_LINE:
                texts.append(" ".join(self._texts([piece])[0] for piece in _pieces(block[0])))
            else:
                texts += self._texts(block)
        for line, text in zip(lines, texts, strict=True):
            if len(line) <= LONGEST_LINE:
                self._text_of[line] = text
                self._size += len(line) + len(text) + _ENTRY
        while self._size > self._most:
            self._size -= sum(map(len, self._text_of.popitem(last=False))) + _ENTRY
        return texts


class _FromWeights:
    """The words of lines from the weights of underthesea."""

    def __init__(self, model: WordModel) -> None:
        self._model = model
        self._scores, self._labels = Scores(model.weights, model.dictionary), TwoLabels(model.weights.transition)
        self._tokens = TokenTable(model, self._scores)

    def texts(self, lines: Sequence[str]) -> list[str]:
        """The words of each line, with a space before each."""
        if self._tokens.is_full:
            self._tokens.clear()
        numbers = self._tokens.numbers(lines)
        tokens = self._tokens.describe(numbers)
        is_edge = tokens["kind"] == EDGE
        first = is_edge.copy()
        first[1:] |= is_edge[:-1]
        inside, close = self._labels.labels(self._scores.gains(tokens), first)
        if (close & ~is_edge).any():
            self._settle(inside, numbers, first, close & ~is_edge)
        return self._tokens.text(numbers[2:], (inside & ~first)[2:])[:-1].split("\n")

    def _settle(self, inside: BoolArray, numbers: IntArray, first: BoolArray, close: BoolArray) -> None:
        """Leaves the sequences with close places to underthesea: names of equal weights give ties, which it breaks by
        the rounding errors of its sums."""
        starts = np.append(np.flatnonzero(first), len(first))
        for place in np.unique(starts.searchsorted(np.flatnonzero(close), side="right") - 1).tolist():
            sequence = slice(starts[place], starts[place + 1])
            labels = self._tagger.labels(self._tokens.spelling(numbers[sequence]))
            inside[sequence] = [label == WORD_LABELS[1] for label in labels]

    @cached_property
    def _tagger(self) -> Tagger:
        return Tagger(self._model)


def _blocks(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """The lines in blocks of up to LONGEST_LINE characters, or of a single line."""
    start = size = 0
    for place, line in enumerate(lines):
        size += len(line)
        if size > LONGEST_LINE and place > start:
            yield lines[start:place]
            start, size = place, len(line)
    yield lines[start:]


def _pieces(line: str) -> Iterator[str]:
    """A long line in pieces of up to LONGEST_LINE characters, cut at spaces where it has any."""
    start = 0
    while len(line) - start > LONGEST_LINE:
        stop = line.rfind(" ", start + 1, start + LONGEST_LINE)
        stop = start + LONGEST_LINE if stop < 0 else stop
        yield line[start:stop]
        start = stop
    yield line[start:]


_loaded: list[Segmenter] = []


def segmenter() -> Segmenter:
    """The segmenter, loaded at the first call; the same one for all.

    Warns with UnknownUnderthesea. Raises UndertheseaMissing.
    """
    with _one_at_a_time:
        if not _loaded:
            _loaded.append(Segmenter(_texts_of(read_word_model())))
        return _loaded[0]


def _texts_of(model: WordModel | None) -> Texts:
    """From the weights if underthesea would use them in the known way, else from underthesea itself."""
    if model:
        texts = _FromWeights(model).texts
        if model.is_known or reference_agrees(texts, model.dictionary):
            return texts
    warnings.warn(UnknownUnderthesea(), stacklevel=3)
    return reference_texts
