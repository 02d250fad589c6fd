"""The distinct words of each line: which lines share words, within a few lines and over a whole page."""

from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, HashArray, IntArray
from locbao.features.lines.words.function_words import is_function_word
from locbao.features.page import Batch, cached
from locbao.features.tokens import DIGIT, UPPER

REACH = 3  # lines between which shared words are counted


@dataclass(frozen=True, slots=True)
class DistinctWords:
    """The distinct words of each line: w pairs of a line and a word, word by word and in the order of lines.

    `line` (w). `word` (w): number of the word, page by page. `words`: how many of these there are. `content` (w): no
    function word and no number. `capital` (w): its first occurrence in the line has a capital. `size` (n): a line's
    pairs. `shared`: for 1 to REACH, (n,) how many words a line shares with the line so many lines before it.
    """

    line: IntArray
    word: IntArray
    words: int
    content: BoolArray
    capital: BoolArray
    size: FloatArray
    shared: dict[int, FloatArray]

    def share_used_by(self, lines: BoolArray, counted: BoolArray) -> FloatArray:
        """(n,) share of a line's counted words, (w,), that stand in another one of the marked lines, (n,)."""
        marked = lines.take(self.line)
        users = np.bincount(self.word[marked], minlength=self.words)
        used = users.take(self.word) > marked
        part = np.bincount(self.line[counted & used], minlength=len(lines))
        return np.asarray(part / np.maximum(np.bincount(self.line[counted], minlength=len(lines)), 1))

    def likeness_to(self, target: IntArray) -> FloatArray:
        """(n,) Jaccard similarity of each line's words with those of the line `target`, (n,), of its page; 0
        where that is -1."""
        named = target >= 0
        targets = np.zeros(len(target), dtype=bool)
        targets[target[named]] = True
        held = np.zeros(self.words, dtype=bool)
        held[self.word[targets.take(self.line)]] = True
        shared = np.bincount(self.line[held.take(self.word)], minlength=len(target))
        union = self.size + self.size.take(target, mode="wrap") * named - shared
        return np.where(named, shared / np.maximum(union, 1), 0.0)


@cached
def distinct_words(batch: Batch) -> DistinctWords:
    """The distinct words of the lines of a batch, found by one sort.

    The key is the token's hash with its number in the lower bits: so a word's lines come one after another, in order.
    """
    tokens, count = batch.tokens, len(batch)
    shift = np.uint64((max(len(tokens.code), count) + REACH).bit_length())
    keys = np.sort((tokens.code >> shift << shift) | np.arange(len(tokens.code), dtype=np.uint64))
    token = (keys & ((np.uint64(1) << shift) - np.uint64(1))).view(np.int64)
    keys = (keys >> shift << shift) | tokens.line.take(token).astype(np.uint64)
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    token, keys = token[fresh], keys[fresh]  # the first of a word in its line
    line, kind = tokens.line.take(token), tokens.kind.take(token)
    text, page = keys >> shift, batch.page.take(line)
    other = np.zeros(len(keys), dtype=bool)
    other[1:] = (text[1:] != text[:-1]) | (page[1:] != page[:-1])
    word = other.cumsum()
    return DistinctWords(
        line=line,
        word=word,
        words=int(word[-1]) + 1 if len(word) else 0,
        content=~is_function_word(batch).take(token) & (kind != DIGIT),
        capital=kind == UPPER,
        size=np.bincount(line, minlength=count).astype(np.float64),
        shared=_shared(keys, line, count),
    )


def _shared(keys: HashArray, line: IntArray, count: int) -> dict[int, FloatArray]:
    """For 1 to REACH: (n,) words shared with the line so many lines before; these stand at most as many keys before."""
    places = REACH + 1
    total = np.zeros(count * places, dtype=np.int64)
    for back in range(1, places):
        apart = keys[back:] - keys[:-back]
        near = np.flatnonzero(apart <= REACH)
        total += np.bincount(line[back:].take(near) * places + apart.take(near).view(np.int64), minlength=len(total))
    return dict(enumerate(total.reshape(count, places).T.astype(np.float64)))
