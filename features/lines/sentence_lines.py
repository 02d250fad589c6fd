"""Lines that hold a sentence, and the lines near one.

Days of a calendar and rows of a weather table come in long runs without a sentence. A probability of body that such
lines have must not feed those of their neighbours, or the run talks itself into being an article.
"""

import numpy as np

from locbao.features.arrays import BoolArray
from locbao.features.lines.quantities import distances, sentence_ends, syllable_counts
from locbao.features.lines.words.function_words import is_function_word
from locbao.features.page import Batch, cached

_SHORTEST = 7  # syllables of a line that can be a sentence
_NEAR = 6  # lines


@cached
def sentence_lines(batch: Batch) -> BoolArray:
    """(n,) lines that close as a sentence does and have one of the small words that hold a sentence together."""
    function_words = batch.token_counts(is_function_word(batch))
    return np.asarray(sentence_ends(batch) & (syllable_counts(batch) >= _SHORTEST) & (function_words >= 1))


@cached
def near_sentences(batch: Batch) -> BoolArray:
    """(n,) lines with a word, no farther than six lines from a sentence."""
    sentences = sentence_lines(batch)
    up, down = distances(batch, sentences)
    return np.asarray((sentences | (np.minimum(up, down) <= _NEAR)) & (syllable_counts(batch) > 0))
