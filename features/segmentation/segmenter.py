"""Vietnamese words: which syllables belong together, by the word model of underthesea.

The words are those of `underthesea.word_tokenize`, from its own weights, in lower case and with `_` between the
syllables of a word; whole batches of lines at a time as arrays, where underthesea builds 43 strings for every token.
"""

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from locbao.features.arrays import BoolArray, IntArray
from locbao.features.segmentation.best_labels import TwoLabels
from locbao.features.segmentation.model_files import WordModel, read_word_model
from locbao.features.segmentation.reference import Tagger, reference_texts
from locbao.features.segmentation.scores import EDGE, LABELS, Scores
from locbao.features.segmentation.word_tokens import TokenTable

LONGEST_LINE = 2**16
"""Characters that are looked at together, few enough for the processor's cache. A longer line is cut at spaces, and no
word reaches over a cut."""

_CACHED = 12_000_000  # characters of lines and words remembered in each of two generations: some 100 MB in all
_ENTRY = 100  # characters that a line costs there beside its own


class UnknownUnderthesea(UserWarning):
    """The installed underthesea is not the one whose files are known: words are right, but come slowly."""

    def __init__(self) -> None:
        super().__init__(
            "the installed underthesea is not one that is known, so words come from its own word_tokenize, which takes "
            "many times as long. Try: pip install underthesea==9.5.0 underthesea_core==3.3.2"
        )


class Segmenter:
    """Splits lines into words; each distinct line once while it is remembered. For any number of threads.

    Lines are taken as they are: normalise them first where `hoà` and `hòa` shall be one word, for zero-width
    characters and entities split syllables.
    """

    def __init__(self, texts: Callable[[Sequence[str]], list[str]]) -> None:
        """`texts`: the words of each of some lines, with white space between them."""
        self._texts = texts
        self._lock = threading.Lock()
        self._young: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self._size = 0

    def words(self, line: str) -> tuple[str, ...]:
        """The words of a line, as in `segment_many`."""
        return self.segment_many([line])[0]

    def segment_many(self, lines: Sequence[str]) -> list[tuple[str, ...]]:
        """The words of each line in order, in lower case, `_` between the syllables of a word.

        They are those of underthesea for lines of up to LONGEST_LINE characters without a run of more than LONGEST_RUN
        (see segmenter_tokens) between spaces; longer ones are cut. A lone surrogate becomes U+FFFD.
        """
        with self._lock:
            found = [self._remembered(line) for line in lines]
            if None in found:
                new = list(dict.fromkeys(line for line, text in zip(lines, found, strict=True) if text is None))
                texts = dict(zip(new, self._new_texts(new), strict=True))
                found = [texts[line] if text is None else text for line, text in zip(lines, found, strict=True)]
        return [tuple(text.split()) for text in found if text is not None]

    def _remembered(self, line: str) -> str | None:
        text = self._young.get(line)
        if text is None and line in self._old:
            self._remember(line, text := self._old.pop(line))
        return text

    def _remember(self, line: str, text: str) -> None:
        if len(line) > LONGEST_LINE:
            return
        size = len(line) + len(text) + _ENTRY
        if self._size + size > _CACHED:
            self._old, self._young, self._size = self._young, {}, 0
        self._young[line] = text
        self._size += size

    def _new_texts(self, lines: Sequence[str]) -> list[str]:
        texts: list[str] = []
        for block in _blocks(lines):
            if len(block) == 1 and len(block[0]) > LONGEST_LINE:
                texts.append(" ".join(self._texts([piece])[0] for piece in _pieces(block[0])))
            else:
                texts += self._texts(block)
        for line, text in zip(lines, texts, strict=True):
            self._remember(line, text)
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
            own = slice(starts[place], starts[place + 1])
            labels = self._tagger.labels(self._tokens.spelling(numbers[own]))
            inside[own] = [label == LABELS[1] for label in labels]

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


_loading = threading.Lock()
_loaded: list[Segmenter] = []


def segmenter() -> Segmenter:
    """The segmenter, loaded at the first call; the same one for all.

    Warns with UnknownUnderthesea. Raises UndertheseaMissing.
    """
    with _loading:
        if not _loaded:
            model = read_word_model()
            if model is None:
                warnings.warn(UnknownUnderthesea(), stacklevel=2)
            _loaded.append(Segmenter(reference_texts if model is None else _FromWeights(model).texts))
        return _loaded[0]
