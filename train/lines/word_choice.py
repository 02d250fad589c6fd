"""Which words a model may know: those that many sources write, and not the names of one week's news.

A gram is counted once a source, whatever the number of its lines: what stands in the furniture of many sites is a sign
of furniture everywhere, while a word of one site alone would only teach that site by heart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from locbao.features.arrays import BoolArray, HashArray, IntArray
from locbao.features.lines.words.vocabulary import END, NUMBER, SPECIAL, START, grams, pair_code
from locbao.features.page import Batch
from locbao.features.tokens import DIGIT, token_codes
from locbao.train.lines.samples import Samples


@dataclass(frozen=True, slots=True)
class GramCounts:
    """k pairs of a distinct gram hash, (k,), and a source, (k,), with the samples they come from reduced to sources."""

    code: HashArray
    sample: IntArray

    @classmethod
    def of(cls, samples: Samples) -> "GramCounts":
        """The distinct grams of every sample."""
        codes, owners, start = [], [], 0
        for batch in samples.batches():
            line, code = grams(batch)
            pairs = np.unique(np.column_stack((code, batch.page[line].astype(np.uint64))), axis=0)
            codes.append(pairs[:, 0])
            owners.append(pairs[:, 1].astype(np.int64) + start)
            start += len(batch.first) - 1
        return cls(np.concatenate(codes), np.concatenate(owners))

    def frequent(self, samples: Samples, chosen: BoolArray, least: int, most: int) -> HashArray:
        """The `most` grams that `least` sources or more among the chosen samples, (s,), have; most widespread first."""
        names, source = np.unique([item.source for item in samples.items], return_inverse=True)
        kept = chosen[self.sample]
        width = np.uint64(len(names))
        codes = np.unique(self.code[kept])
        place = np.searchsorted(codes, self.code[kept]).astype(np.uint64)
        pairs = np.unique(place * width + source[self.sample[kept]].astype(np.uint64))
        count = np.bincount((pairs // width).astype(np.int64), minlength=len(codes))
        common = np.flatnonzero(count >= least)
        best = common[np.lexsort((codes[common], -count[common]))][:most]
        return np.asarray(codes[best])


def spell(samples: Samples) -> dict[int, str]:
    """The written form of every gram's hash. A few may be missing: letters that change their number when lowered."""
    written = sorted({gram for batch in samples.batches() for gram in _written(batch)})
    words = [gram for gram in written if " " not in gram]
    code = dict(zip(words, token_codes(words).tolist(), strict=True)) | SPECIAL
    pairs = [gram.split(" ") for gram in written if " " in gram]
    sides = np.array([[code[left], code[right]] for left, right in pairs], dtype=np.uint64).reshape(-1, 2)
    pair_codes = pair_code(sides[:, 0], sides[:, 1]).tolist()
    spelling = dict(zip(pair_codes, (" ".join(pair) for pair in pairs), strict=True))
    return spelling | {value: word for word, value in code.items()}


def _written(batch: Batch) -> Iterator[str]:
    """The grams of the batch in small letters: of the same tokens as their hashes."""
    tokens, text = batch.tokens, batch.codes.tobytes().decode("utf-32-le", "surrogatepass")
    places = zip(tokens.start.tolist(), tokens.stop.tolist(), tokens.kind.tolist(), strict=True)
    words = [NUMBER if kind == DIGIT else text[start:stop].lower() for start, stop, kind in places]
    yield from words
    for first, stop in pairwise(tokens.first.tolist()):
        if first < stop:
            edged = [START, *words[first:stop], END]
            yield from (f"{left} {right}" for left, right in pairwise(edged))
