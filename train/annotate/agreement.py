"""How far two annotators agree: the same pages labelled twice, compared line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score

from locbao.features.amounts import counted
from locbao.features.errors import SourceError
from locbao.features.labels import LABELS
from locbao.train.corpus.labelled_pages import CorpusPage


@dataclass(frozen=True, slots=True)
class Agreement:
    """`lines`: how many were compared. `f1`: of each label that occurs, the same whoever is taken for the truth.
    `kappa`: Cohen's, 1 for two that agree everywhere. `differences`: the lines that differ, in page order.
    `unmatched`: pages that only one of the two has."""

    lines: int
    f1: dict[str, float]
    kappa: float
    differences: tuple[str, ...]
    unmatched: tuple[str, ...]

    def __str__(self) -> str:
        scores = ", ".join(f"{label} {score:.3f}" for label, score in self.f1.items())
        differ = "1 differs" if len(self.differences) == 1 else f"{len(self.differences):,} differ"
        totals = f"{counted(self.lines, 'line')} compared, {differ}; f1: {scores}; kappa {self.kappa:.3f}"
        return "\n".join([*self.differences, *self.unmatched, totals])


def agreement(first: Sequence[CorpusPage], second: Sequence[CorpusPage], other: Path) -> Agreement:
    """Compares the pages that both have, by their ids; `other` is the file of the second.

    Raises SourceError if no page is in both, or a page has other lines there.
    """
    theirs = {page.id: page for page in second}
    pairs = [(page, theirs[page.id]) for page in first if page.id in theirs]
    if not pairs:
        raise SourceError(other, "has none of the pages", "Give the same pages, labelled by somebody else.")
    for ours, their in pairs:
        if ours.lines != their.lines:
            what = f"page {ours.id!r} has other lines than at {ours.source}"
            raise SourceError(their.source, what, "Compare labels of the same texts.")
    ids = {page.id for page in first}
    alone = [f"{page.source}: page {page.id!r} is there once" for page in first if page.id not in theirs]
    alone += [f"{page.source}: page {page.id!r} is there once" for page in second if page.id not in ids]
    both = np.array([labels for ours, their in pairs for labels in zip(ours.labels, their.labels, strict=True)])
    first_labels, second_labels = both[np.array([label is not None for label in both[:, 0]])].astype(str).T
    present = [label for label in LABELS if label in first_labels or label in second_labels]
    scores = f1_score(first_labels, second_labels, labels=present, average=None)
    # Where both give every line one and the same label, chance alone would agree as well, and kappa is no number.
    kappa = float(cohen_kappa_score(first_labels, second_labels, labels=LABELS)) if len(present) > 1 else 1.0
    differences = tuple(line for ours, their in pairs for line in _differences(ours, their))
    f1 = dict(zip(present, scores.tolist(), strict=True))
    return Agreement(len(first_labels), f1, kappa, differences, tuple(alone))


def _differences(ours: CorpusPage, theirs: CorpusPage) -> Iterator[str]:
    for number, (text, label, other) in enumerate(zip(ours.lines, ours.labels, theirs.labels, strict=True), start=1):
        if label != other:
            yield f"{ours.source}, line {number} of page {ours.id!r}: {label}, {other} at {theirs.source}: {text}"
