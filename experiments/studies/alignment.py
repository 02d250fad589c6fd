"""Sets the output of an extraction tool against the lines that it was given."""

from collections.abc import Sequence

import numpy as np

from locbao.features.arrays import BoolArray, IntArray
from locbao.features.text import normalise_lines


def carry_over(lines: Sequence[str], pieces: Sequence[tuple[str, bool]]) -> BoolArray:
    """Keep flags of the lines (n) from a tool's pieces (text, kept) in page order.

    Pieces are set against lines by the longest common subsequence of their normalised texts. A kept piece without a
    line of its own (joined or cut by the tool) keeps the lines there that it contains, or contains half of or more.
    """
    wanted = normalise_lines(list(lines)) if lines else []
    texts = normalise_lines([text for text, _ in pieces]) if pieces else []
    kept_pieces = np.array([kept for _, kept in pieces], dtype=np.bool_)
    place = _common(wanted, texts)
    kept = np.zeros(len(lines), dtype=np.bool_)
    kept[place[(place >= 0) & kept_pieces]] = True
    for piece in np.flatnonzero((place < 0) & kept_pieces & np.array([bool(text) for text in texts], dtype=np.bool_)):
        start = place[:piece].max(initial=-1) + 1
        end = min((line for line in place[piece:].tolist() if line >= 0), default=len(lines))
        for line in range(start, end):
            inside = texts[piece] in wanted[line] and 2 * len(texts[piece]) >= len(wanted[line])
            kept[line] |= inside or wanted[line] in texts[piece]
    return kept


def _common(lines: Sequence[str], pieces: Sequence[str]) -> IntArray:
    """The line of each piece (-1: none) in a longest common subsequence; of equal lines the earliest that fits."""
    number = {text: index for index, text in enumerate(dict.fromkeys([*lines, *pieces]))}
    rows, columns = (np.array([number[text] for text in texts], dtype=np.int64) for texts in (lines, pieces))
    longest = np.zeros((len(lines) + 1, len(pieces) + 1), dtype=np.int64)
    for row in range(len(lines) - 1, -1, -1):
        best = np.maximum(longest[row + 1, :-1], longest[row + 1, 1:] + (columns == rows[row]))
        longest[row, :-1] = np.maximum.accumulate(best[::-1])[::-1]
    place = np.full(len(pieces), -1, dtype=np.int64)
    row = column = 0
    while row < len(lines) and column < len(pieces):
        if rows[row] == columns[column]:
            place[column] = row
            row, column = row + 1, column + 1
        elif longest[row + 1, column] >= longest[row, column + 1]:
            row += 1
        else:
            column += 1
    return place
