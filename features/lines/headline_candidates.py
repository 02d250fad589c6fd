"""Headline candidates: the lines just above an article's first paragraph, any of which may be its headline.

Between the two stand dates, authors and share controls, and menus above, so that no line near the headline looks like
body: it is told by its length, by its words, which the article uses again, and by what the other candidates are.
The headline that `headline_overlap` looks for is a first guess, made before any label is known.
"""

from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.labels import BODY
from locbao.features.lines.marks import has_date, has_time
from locbao.features.lines.quantities import among, sentence_ends, syllable_counts
from locbao.features.lines.words.word_overlap import distinct_words
from locbao.features.notation.elements import HEADING
from locbao.features.page import Batch

PARAGRAPH = 15  # syllables of the shortest body line that may be an article's first paragraph
SHORT_PARAGRAPH = 8  # where a page has none of these: syllables of a sentence that may be it
SHORTEST = 4  # syllables of a headline
_ABOVE = 24  # lines between the headline and the first paragraph; voices and speeds of a reader take some ten
_ARTICLE = 40  # lines from the first paragraph on whose words are compared
_STAMP = 4  # lines below a headline within which its date stands
_LONG = 25  # syllables that few headlines exceed
_LEAST = 1e-3
_ENDS = among(".…:;")

QUANTITIES = (
    "log-odds of body",
    "share of its words that the article uses",
    "syllables, up to 12",
    "syllables beyond 25",
    "lines above the first paragraph (logarithm)",
    "is the first paragraph",
    "ends as a sentence does",
    "a date or time just below",
    "holds a date",
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The m candidates of a batch, page by page from the top down.

    `line` (m): their lines. `page` (m): their pages. `values` (m, 9): their QUANTITIES. `heading` (m): HTML or Markdown
    says that they are headings of the first level.
    """

    line: IntArray
    page: IntArray
    values: FloatArray
    heading: BoolArray


def headline_candidates(batch: Batch, probabilities: FloatArray) -> Candidates:
    """The candidates of all pages that have a paragraph, by the (n, 3) probabilities of LABELS of all lines."""
    index, length = np.arange(len(batch)), syllable_counts(batch)
    is_body = probabilities.argmax(axis=1) == BODY
    heading = np.zeros(len(batch), dtype=np.bool_) if batch.elements is None else batch.elements == HEADING
    title = batch.first_on_page(np.flatnonzero(heading & is_body)).take(batch.page)
    below_title = _first_paragraphs(batch, is_body & (index >= title), length)
    # A heading below all paragraphs, as that of the comments, is no title.
    paragraph = np.where(below_title < 0, _first_paragraphs(batch, is_body, length), below_title).take(batch.page)
    near = heading | ((length >= SHORTEST) & (index >= paragraph - _ABOVE))
    line = np.flatnonzero(near & (index <= paragraph))
    above = (paragraph - index).take(line)
    words = distinct_words(batch)
    article = is_body & (paragraph >= 0) & (index >= paragraph) & (index < paragraph + _ARTICLE)
    every_word = np.ones(len(words.line), dtype=np.bool_)
    body, own_length = probabilities[line, BODY], length.take(line)
    values = (
        np.log((body + _LEAST) / (1 - body + _LEAST)),
        words.share_used_by(article, every_word).take(line),
        np.minimum(own_length, 12) / 12,
        np.maximum(own_length - _LONG, 0) / 10,
        np.log1p(np.where(heading.take(line), 0, above)),  # it says itself what it is, wherever it stands
        above == 0,
        _ENDS.of(batch.codes.take(batch.stop.take(line) - 1)),
        _stamp_below(batch, index, paragraph).take(line),
        has_date(batch).take(line),
    )
    return Candidates(line, batch.page.take(line), np.array(values, dtype=np.float64).T, heading.take(line))


def _first_paragraphs(batch: Batch, sentence: BoolArray, length: FloatArray) -> IntArray:
    """(p,) the first paragraph among the lines `sentence`, (n,), of each page; -1 for none."""
    first = batch.first_on_page(np.flatnonzero(sentence & (length >= PARAGRAPH)))
    short = batch.first_on_page(np.flatnonzero(sentence & (length >= SHORT_PARAGRAPH) & sentence_ends(batch)))
    return np.where(first < 0, short, first)


def _stamp_below(batch: Batch, index: IntArray, paragraph: IntArray) -> BoolArray:
    """(n,) whether a date or time stands just below, above the first paragraph."""
    stamp = (has_date(batch) | has_time(batch)) & (index < paragraph)
    return np.asarray(np.any([batch.shifted(stamp, by, False) for by in range(1, _STAMP + 1)], axis=0))
