"""Where the sentences of a line stand in its text as it came.

Sentences are cut from normalised plain text. Between that and the input lie entities, other ways to write a letter,
spaces, zero-width characters and the marks of Markdown; but the base letters are the same, and in the same order.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from locbao.features.notation.markdown import hidden_runs
from locbao.features.text import ZERO_WIDTH, split_sentences, unescape

Span = tuple[int, int]

_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")  # what html.unescape looks at


def sentence_spans(raw: str, line: str, *, markdown: bool = False) -> list[Span]:
    """Start and end in `raw` of each sentence of `line`, its normalised plain text.

    `markdown`: whether there may be marks in `raw` that `line` has not. A slice may hold such marks; where the line
    alone does not tell them from its letters, as after a link over several lines, each sentence is the whole line.

    >>> sentence_spans("Trời mưa c&#7843; ngày.  Chợ vẫn đông.", "Trời mưa cả ngày. Chợ vẫn đông.")
    [(0, 38)]
    """
    sentences, spans, done = split_sentences(line), [], 0
    if line in raw and "&" not in raw:
        first = raw.index(line)
        for sentence in sentences:
            start = line.index(sentence, done)
            done = start + len(sentence)
            spans.append((first + start, first + done))
        return spans
    bases = _bases(raw, hidden_runs(raw) if markdown else [])
    for sentence in sentences:
        start = end = -1
        for base in "".join(map(_base_letters, sentence)):
            here = next(bases, None)
            while markdown and here and here[0] != base and not here[0].isalnum():
                here = next(bases, None)
            if not here or here[0] != base:
                return [(0, len(raw))] * len(sentences)
            start, end = here[1] if start < 0 else start, here[2]
        spans.append((start, end) if start >= 0 else (0, len(raw)))
    return spans


def by_line(span: Span, starts: Sequence[int]) -> list[tuple[int, int, int]]:
    """A span of lines that are joined by spaces, line by line: index, start and end in the line.

    `starts`: where each line starts in the joined text, and where another one would.

    >>> by_line((4, 16), [0, 9, 18, 33])  # of "Trời mưa", "cả ngày.", "Chợ vẫn đông."
    [(0, 4, 8), (1, 0, 7)]
    """
    first, end = bisect_right(starts, span[0]) - 1, bisect_left(starts, span[1])
    return [
        (line, max(span[0] - starts[line], 0), min(span[1], starts[line + 1] - 1) - starts[line])
        for line in range(first, end)
    ]


@lru_cache(maxsize=4096)
def _base_letters(text: str) -> str:
    """What a character or an entity says, without spaces, zero-width characters and combining marks."""
    decomposed = unicodedata.normalize("NFD", ZERO_WIDTH.sub("", text))
    return "".join(letter for letter in decomposed if not (letter.isspace() or unicodedata.combining(letter)))


def _bases(raw: str, hidden: list[Span]) -> Iterator[tuple[str, int, int]]:
    """The base letters with the start and end of what stands for each; a combining mark goes with the letter before,
    or at the start of a word with the one behind."""
    waiting: list[tuple[str, int, int]] = []  # the letters of one character, whose end is not sure yet
    word_goes_on, marks = False, (-1, -1)  # start and end of marks without a letter before them
    for text, start, end in _units(raw, hidden):
        letters = _base_letters(text)
        if letters:
            yield from waiting
            waiting = [(letter, start if marks[0] < 0 else marks[0], end) for letter in letters]
            word_goes_on, marks = True, (-1, -1)
        elif text.isspace():
            word_goes_on = False
        elif text and not ZERO_WIDTH.fullmatch(text):
            if word_goes_on:
                waiting = [(letter, begun, end) for letter, begun, _ in waiting]
            else:
                marks = (start if marks[0] < 0 else marks[0], end)
    yield from ((letter, start, max(end, marks[1])) for letter, start, end in waiting)


def _units(raw: str, hidden: list[Span]) -> Iterator[tuple[str, int, int]]:
    """The text in pieces, a character or an entity each, as what they stand for; `hidden` runs stand for nothing."""
    place = 0
    entities = [(match.start(), match.end()) for match in _ENTITY.finditer(raw)]
    for start, end in sorted([*hidden, *entities]):
        if start < place:
            continue
        yield from ((raw[i], i, i + 1) for i in range(place, start))
        place = end
        if raw[start] == "&":
            written, shown = raw[start:end], unescape(raw[start:end])
            tails = zip(reversed(written), reversed(shown), strict=False)
            same = len(list(takewhile(lambda pair: pair[0] == pair[1], tails)))  # of `&ltb`, `<b`: b stands for itself
            place -= same
            yield shown[: len(shown) - same], start, place
    yield from ((raw[i], i, i + 1) for i in range(place, len(raw)))
