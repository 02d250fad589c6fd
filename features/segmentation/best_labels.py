"""The best sequence of two labels, for many sequences at once (Viterbi, on the difference of the two scores)."""

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray

_SWEEPS = 24  # over all places that still change; few are left after five, and a rare long chain is then followed alone
_CLOSE = 1e-7  # difference of scores below which the order of additions may decide


class TwoLabels:
    """Decodes a chain with labels 0 and 1; `transition` (2, 2) is the weight from a label to the next.

    Of the scores of the best sequences that end in either label only the difference matters, 1 less 0: it is
    `step(difference before) + gain`, and `step` is flat outside a narrow band. So almost every difference is right
    whatever is assumed of the one before it, and the rest after a few sweeps over those behind a change.
    """

    def __init__(self, transition: FloatArray) -> None:
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
