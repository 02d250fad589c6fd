"""The line model: two linear passes over a batch of pages, then the headline; and the reasons behind a line's label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.columns import padded
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, CAPTION, LABELS, SIDEBAR
from locbao.features.lines.design import Design, LinkDesign, SecondDesign
from locbao.features.notation.elements import ELEMENTS, HEADING, PICTURE
from locbao.features.page import Batch
from locbao.predict.lines.headline import (
    HEADLINE_WEIGHTS,
    HeadlineModel,
    article_chance,
    with_headlines,
    with_no_body_above,
)

if TYPE_CHECKING:
    import scipy.sparse as sp

_Weights = npt.NDArray[np.float32]
# What elements add to the log-odds of LABELS, in both passes. On 30 real pages 29 of 30 headings of the first level are
# an article's headline, and of 144 alternative texts one is body; read by models that have not seen the sites. None of
# the pages has two: several headings share the weight, since at most one of them is the headline.
_ELEMENT_WEIGHTS = np.zeros((len(ELEMENTS), len(LABELS)))
_ELEMENT_WEIGHTS[HEADING, SIDEBAR] = _ELEMENT_WEIGHTS[PICTURE, BODY] = -3.0
_IS_SIDEBAR = np.arange(len(LABELS)) == SIDEBAR


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear model as plain arrays: `weights` (columns, 3) and `intercept` (3,), both float32."""

    weights: _Weights
    intercept: _Weights

    def logits(self, matrix: "sp.csr_matrix") -> FloatArray:
        """(n, 3) log-odds of LABELS, up to a constant a line, for a matrix (n, columns)."""
        return np.asarray(matrix @ self.weights + self.intercept, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What the model says of the n lines and p pages of a batch.

    `probabilities` (n, 3): of LABELS, calibrated. `headline` (p,): the line that opens each page's article, -1 where
    none does. `article` (p): the probability that there is an article.
    """

    probabilities: FloatArray
    headline: IntArray
    article: FloatArray


class OtherFeatures(LocbaoError):
    """A line model made for other features than those of this locbao."""

    def __init__(self, weights: int, columns: int) -> None:
        super().__init__(
            f"The model's lines.joblib weighs {weights} columns, but this version of locbao computes {columns}: it was "
            "trained with other features. Train it again with `locbao train lines`, or install the locbao that its "
            "manifest names."
        )


class LineModel:
    """Built from the part `lines` of a model folder, a dict that its schema has let in (predict/store/schema.py):

    `families`, `context`, `grams` (one a line): what the first pass sees. `first`: its `weights` and `intercept`.
    `second`: those of the second pass, or None. `temperature`: what the last logits are divided by (Guo et al., 2017).
    `headline`: the weights of a HeadlineModel, or None for HEADLINE_WEIGHTS. `links`: what each column of LinkDesign
    adds to the log-odds of sidebar, in both passes, where links are known; None if that was not learned.
    Raises OtherFeatures if the weights are not those of this version's columns.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        grams = part["grams"].split("\n") if part["grams"] else []
        self.design = Design(part["families"], grams, part["context"])
        self.second_design = SecondDesign(part["context"])
        self._first = Linear(**part["first"])
        self._second = Linear(**part["second"]) if part["second"] else None
        self._temperature = float(part["temperature"])
        headline, links = part["headline"], part["links"]
        self._headlines = HeadlineModel(HEADLINE_WEIGHTS if headline is None else headline)
        width = self.design.width
        self._check_columns(self._first.weights, width)
        weights = self._first.weights
        if self._second:
            self._check_columns(self._second.weights, width + self.second_design.width)
            # Both passes see the columns of the first, so that their weights are looked up together.
            weights = np.hstack([weights, self._second.weights[:width]])
            self._belief_weights = padded(self._second.weights[width:])
        self._design_weights = padded(weights)
        self.link_design = LinkDesign()
        self._link_weights = None
        if links is not None:
            self._check_columns(links, self.link_design.width)
            self._link_weights = links[:, None] * _IS_SIDEBAR

    @staticmethod
    def _check_columns(weights: npt.NDArray[Any], columns: int) -> None:
        if len(weights) != columns:
            raise OtherFeatures(len(weights), columns)

    def read(self, batch: Batch) -> ReadBatch:
        """What the model says of the lines and pages of a batch."""
        probabilities = self._by_passes(batch)
        headlines = self._headlines.headlines(batch, probabilities)
        probabilities = with_headlines(probabilities, headlines)
        article = article_chance(batch, probabilities)
        return ReadBatch(with_no_body_above(probabilities, headlines), headlines.best, article)

    def _by_passes(self, batch: Batch) -> FloatArray:
        """(n, 3) calibrated probabilities of LABELS, before headlines are chosen."""
        if not len(batch):
            return np.zeros((0, len(LABELS)))
        first, second = slice(len(LABELS)), slice(len(LABELS), 2 * len(LABELS))
        both_passes = self.design.columns(batch).scores(self._design_weights)
        logits, from_markup = both_passes[:, first] + self._first.intercept, self.from_markup(batch)
        if self._second:
            beliefs = softmax(logits + from_markup)
            from_beliefs = self.second_design.columns(batch, beliefs).scores(self._belief_weights)[:, first]
            logits = both_passes[:, second] + from_beliefs + self._second.intercept
        return softmax(logits / self._temperature + from_markup)

    def from_markup(self, batch: Batch) -> FloatArray | float:
        """(n, 3) what HTML or Markdown adds to the log-odds of LABELS: 0 for plain text."""
        links = self.from_links(batch)
        return links if batch.elements is None else links + _from_elements(batch, batch.elements)

    def from_links(self, batch: Batch) -> FloatArray | float:
        """(n, 3) what links add to the log-odds of LABELS: 0 on pages whose links are unknown."""
        if self._link_weights is None or batch.links is None:
            return 0.0
        scores = self.link_design.columns(batch).scores(self._link_weights)
        scores[np.isnan(batch.links)] = 0.0
        return scores

    def last_matrix(self, batch: Batch) -> "sp.csr_matrix":
        """(n, columns) the lines as the last pass sees them."""
        import scipy.sparse as sp

        matrix = self.design.columns(batch).matrix()
        if not self._second:
            return matrix
        beliefs = softmax(self._first.logits(matrix) + self.from_markup(batch))
        return sp.hstack((matrix, self.second_design.columns(batch, beliefs).matrix()), format="csr")

    def reasons(self, batch: Batch, lines: Sequence[int]) -> Iterator[tuple[list[str], FloatArray, FloatArray]]:
        """For each of `lines`, of a batch of one page, its k columns: names (k), values (k,), contributions (k, 3) to
        the logits."""
        import scipy.sparse as sp

        matrix = self.last_matrix(batch)
        names, weights_of = self.design.names(), self._first.weights
        if self._second:
            names, weights_of = names + self.second_design.names(), self._second.weights
        weights_of = weights_of / self._temperature
        if self._link_weights is not None and batch.links is not None:
            matrix = sp.hstack((matrix, self.link_design.columns(batch).matrix()), format="csr")
            names, weights_of = names + self.link_design.names(), np.vstack([weights_of, self._link_weights])
        before = self._by_passes(batch)
        headlines = self._headlines.headlines(batch, before)
        chance = np.zeros(len(batch))
        chance[headlines.line] = headlines.chance
        gains = np.log(with_no_body_above(with_headlines(before, headlines), headlines) / before)
        for line in lines:
            row = matrix[line]
            weights = weights_of[row.indices] * row.data[:, None]
            features, values = [names[column] for column in row.indices], row.data.astype(np.float64)
            if batch.elements is not None and (element := batch.elements[line]):
                features, values = [*features, f"element: {ELEMENTS[element]}"], np.append(values, 1.0)
                weights = np.vstack([weights, _from_elements(batch, batch.elements)[line]])
            if place := max(chance[line], headlines.below[line]):
                of_place = "of being the headline" if place == chance[line] else "that the headline is below"
                features, values = [*features, f"probability {of_place}"], np.append(values, place)
                weights = np.vstack([weights, gains[line]])
            yield features, values, weights


def _from_elements(batch: Batch, elements: IntArray) -> FloatArray:
    """(n, 3) what the elements of the lines, (n,), add to the log-odds of LABELS."""
    weights, heading = _ELEMENT_WEIGHTS[elements], elements == HEADING
    weights[heading] /= batch.page_sums(heading).take(batch.page[heading])[:, None]
    return weights


def check_caption_odds(odds: float) -> None:
    """Raises ValueError if the odds of caption cannot be multiplied by this number."""
    if not 0 < odds < float("inf"):
        raise ValueError(f"caption_odds must be a number greater than 0, not {odds}; 1 leaves the odds as they are.")


def with_caption_odds(probabilities: FloatArray, odds: float) -> FloatArray:
    """(n, 3) probabilities of LABELS with the odds of caption multiplied by `odds`."""
    if odds == 1:
        return probabilities  # the very same, whose sums need not be exact
    changed = probabilities.copy()
    changed[:, CAPTION] *= odds
    return np.asarray(changed / changed.sum(axis=1, keepdims=True))


def softmax(logits: FloatArray) -> FloatArray:
    """(n, k) probabilities of (n, k) logits."""
    exponent = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True))
