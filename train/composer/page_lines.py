"""Lines of a page in the making, and what becomes of them on their way to plain text: blank lines, and lines that run
together or apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random
from textwrap import TextWrapper

from locbao.train.composer.recipe import Recipe

Row = tuple[str, str | None]
"""A line and its label; the label of a blank line is None."""

BLANK: Row = ("", None)

_WRAP = (60, 110)  # characters a wrapped line has at most
_LISTED = 60  # characters of the longest line that is joined into a list


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that stand together; a page's policy decides about the blank lines around them.

    `kind` is "headline", "paragraph", "heading", "caption", "extra" or "furniture".
    """

    kind: str
    rows: list[Row]

    @classmethod
    def of(cls, kind: str, *texts: str) -> "Chunk":
        """Texts with the label that goes with the kind."""
        return cls(kind, rows_of(texts, {"furniture": "sidebar", "caption": "caption"}.get(kind, "body")))

    @property
    def furniture(self) -> bool:
        return self.kind == "furniture"


def row(text: str, label: str) -> Row:
    """The row of a text, blank if there is nothing in it."""
    return (text, label) if text.strip() else BLANK


def rows_of(texts: Sequence[str], label: str) -> list[Row]:
    """Rows of one label."""
    return [row(text, label) for text in texts]


def flattened(chunks: Sequence[Chunk], random: Random, recipe: Recipe) -> list[Row]:
    """The rows of the chunks with blank lines as one policy, drawn for the page, wants them."""
    chunks = [chunk for chunk in chunks if chunk.rows]
    draw = random.random()
    for chance, policy in (
        (recipe.blank_everywhere, _everywhere),
        (recipe.blank_nowhere, _nowhere),
        (recipe.blank_between_blocks, _between_blocks),
    ):
        draw -= chance
        if draw < 0:
            return policy(chunks)
    rows = _laid_out(chunks, random, recipe)
    return _extra(rows, random) if draw < recipe.blank_extra else rows


def _laid_out(chunks: Sequence[Chunk], random: Random, recipe: Recipe) -> list[Row]:
    tight = random.random() < recipe.tight_content
    rows: list[Row] = []
    for chunk, following in zip(chunks, [*chunks[1:], None], strict=True):
        rows += chunk.rows
        if following is None:
            break
        furnished = chunk.furniture or following.furniture
        closed = random.random() < recipe.tight_furniture if furnished else tight
        rows += [BLANK] * (not closed)
    return rows


def _everywhere(chunks: Sequence[Chunk]) -> list[Row]:
    return [row for written in _nowhere(chunks) for row in (written, BLANK)][:-1]


def _nowhere(chunks: Sequence[Chunk]) -> list[Row]:
    return [row for chunk in chunks for row in chunk.rows if row != BLANK]


def _between_blocks(chunks: Sequence[Chunk]) -> list[Row]:
    rows: list[Row] = []
    for _, stretch in groupby(chunks, key=lambda chunk: chunk.furniture):
        rows += [*_nowhere(list(stretch)), BLANK]
    return rows[:-1]


def _extra(rows: Sequence[Row], random: Random) -> list[Row]:
    return [same for row in rows for same in [row] * (random.choice((1, 1, 1, 1, 1, 2, 3)) if row == BLANK else 1)]


def noisy(rows: list[Row], random: Random, recipe: Recipe) -> list[Row]:
    """With one to three transformations, if the recipe wants it."""
    if random.random() < recipe.wrapped_page:
        return _wrapped(rows, random)
    if random.random() >= recipe.noisy_page:
        return rows
    for change in random.sample(_CHANGES, random.randint(1, 3)):
        rows = change(rows, random)
    return rows


def _merged(rows: list[Row], random: Random) -> list[Row]:
    """Some neighbouring paragraphs in one line."""
    merged: list[Row] = []
    for row in rows:
        same = bool(merged) and row[1] == "body" == merged[-1][1] and len(merged[-1][0]) > 150 and len(row[0]) > 150
        if same and random.random() < 0.3:
            merged[-1] = (f"{merged[-1][0]} {row[0]}", "body")
        else:
            merged.append(row)
    return merged


def _wrapped(rows: list[Row], random: Random) -> list[Row]:
    """Long lines broken as in a text of fixed width."""
    wrapper = TextWrapper(random.randint(*_WRAP), break_long_words=False, break_on_hyphens=False)
    return [
        (part, label)
        for text, label in rows
        for part in (wrapper.wrap(" ".join(text.split())) if len(text) > 2 * wrapper.width else [text])
    ]


def _joined(rows: list[Row], random: Random) -> list[Row]:
    """Some runs of short furniture lines in one line, as inline elements give them."""
    glue = random.choice((" ", " ", " | ", "", " - ", " › "))
    joined: list[Row] = []
    for short, stretch in groupby(rows, key=lambda row: row[1] == "sidebar" and len(row[0]) < _LISTED):
        run = list(stretch)
        if short and len(run) > 2 and random.random() < 0.35:
            joined.append((glue.join(text for text, _ in run), "sidebar"))
        else:
            joined += run
    return joined


def _spaced(rows: list[Row], random: Random) -> list[Row]:
    """Spaces at line ends, no-break spaces in the middle."""
    return [
        (text.replace(" ", "\u00a0", 1) + " ", label) if text and random.random() < 0.2 else (text, label)
        for text, label in rows
    ]


def _dropped(rows: list[Row], random: Random) -> list[Row]:
    """Some paragraphs lost."""
    return [row for row in rows if row[1] != "body" or len(row[0]) < 150 or random.random() > 0.15]


_CHANGES: tuple[Callable[[list[Row], Random], list[Row]], ...] = (_merged, _joined, _spaced, _dropped)
