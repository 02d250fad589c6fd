"""What site memory is worth: how much likelier a line is furniture for the share of its site's pages that have it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, SIDEBAR

_HEADLINE = 4  # words of the shortest headline


class NoSitePart(LocbaoError):
    """A model that cannot take site memory."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The model {name} has no part for site memory. `locbao train lines` makes one if its corpus has a site "
            "with two pages or more and is scored (folds is not 0). Without --site-memory this model labels as it is."
        )
        self.name = name


class SiteModel:
    """Built from the part `site` of a model folder:

    `steps` (k,): shares of a site's pages, ascending. `weights` (k,): the log-odds that a line gains as sidebar with
    each step that its share reaches.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self._steps = np.asarray(part["steps"], dtype=np.float64)
        self._weights = np.asarray(part["weights"], dtype=np.float64)

    def told(self, probabilities: FloatArray, shares: FloatArray) -> FloatArray:
        """The probabilities (n, 3) with what the shares (n,) add to them; untouched where that is nothing."""
        gained = reached(shares, self._steps) @ self._weights
        changed = np.flatnonzero(gained)
        result = probabilities.copy()
        result[changed, SIDEBAR] *= np.exp(gained[changed])
        result[changed] /= result[changed].sum(axis=1, keepdims=True)
        return result


def reached(shares: FloatArray, steps: FloatArray) -> FloatArray:
    """(n, k): 1 where a share (n,) reaches a step (k,)."""
    return (shares[:, None] >= steps).astype(np.float64)


def without_headline(lines: Sequence[str], labels: IntArray, shares: FloatArray) -> FloatArray:
    """The shares (n,) of a page's lines, 0 where a line says what the headline says: other pages link to it by that.

    The headline is the first line of some words that is labelled body; `labels` (n,) are indices into LABELS.
    """
    body = (lines[place] for place in np.flatnonzero(labels == BODY).tolist())
    headline = next((line for line in body if len(line.split()) >= _HEADLINE), None)
    return np.where([line == headline for line in lines], 0.0, shares)
