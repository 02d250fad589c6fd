"""Many composed pages as rows of JSON Lines, and rows that cannot be used."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import read_sources
from locbao.train.corpus.corpus_files import write_rows

COMPOSED = 2000  # different pages; the others are these with a number at the end of every line
LONGEST = 100_000  # of the batches with bad rows

BAD: dict[str, tuple[bytes, str]] = {
    "cut off": (b'{"id": "x", "text": "tin', "The row is not JSON"),
    "no JSON": (b"<html><p>tin</p></html>", "The row is not JSON"),
    "two rows in one": (b'{"id": "x", "text": "tin"} {"id": "y", "text": "tin"}', "The row is not JSON"),
    "a string": (b'"tin"', "The row is a string"),
    "a list": (b'["tin"]', "The row is a list"),
    "a number": (b"17", "The row is a number"),
    "null": (b"null", "The row is null"),
    "nested too deeply": (b"[" * 50_000, "The row is not usable JSON: it is nested"),
    "a number of 5,000 digits": (b'{"id": %s, "text": "tin"}' % (b"9" * 5000), "The row is not usable JSON"),
    "no id": (b'{"text": "tin"}', 'The row has no "id"'),
    "id null": (b'{"id": null, "text": "tin"}', 'The row has no "id"'),
    "id a fraction": (b'{"id": 1.5, "text": "tin"}', '"id" is a number'),
    "id a list": (b'{"id": [1], "text": "tin"}', '"id" is a list'),
    "no text": (b'{"id": "x", "title": "tin"}', 'The row has neither "text"'),
    "text null": (b'{"id": "x", "text": null}', 'The row has neither "text"'),
    "text a number": (b'{"id": "x", "text": 17}', '"text" is a number'),
    "text a list": (b'{"id": "x", "text": ["tin"]}', '"text" is a list'),
    "lines without text": (b'{"id": "x", "lines": [{"label": "body"}]}', '"lines" number 1 is not an object'),
    "empty": (b'{"id": "x", "text": ""}', "The page is empty"),
    "blank": (b'{"id": "x", "text": " \\n\\u200b\\n&nbsp;"}', "The page is empty"),
    "not UTF-8": (b'{"id": "x", "text": "t\xe9t"}', "The text is not UTF-8"),
    "a zero byte": (b'{"id": "x", "text": "t\0t"}', "The data is binary"),
    "UTF-16": ('{"id": "x", "text": "tin"}'.encode("utf-16"), "The text is UTF-16"),
    "too many characters": (b'{"id": "x", "text": "%s"}' % (b"x" * (LONGEST + 1)), "The page has 100,001 characters"),
    "a row without end": (b'{"id": "x", "text": "%s"}' % (b"x" * (6 * LONGEST + 2**21)), "The row is too long"),
}
"""Kind -> the row, and how its reason begins."""


def composed_rows(material: Sequence[Path], seed: int) -> list[tuple[str, ...]]:
    """The lines of COMPOSED pages of the example corpus and the `material`. Raises CorpusError."""
    return [page.lines for page in read_sources([], material).compose(COMPOSED, seed, Recipe())]


def write_pages(path: Path, pages: Sequence[tuple[str, ...]], count: int) -> None:
    """A file of `count` different pages with the ids 0, 1, …"""

    def text(number: int) -> str:
        turn, place = divmod(number, len(pages))
        return "\n".join(f"{line} {turn}" if line.strip() and turn else line for line in pages[place])

    write_rows(path, ({"id": n, "site": f"site {n % 7}", "text": text(n)} for n in range(count)))


def spoil(path: Path, spoiled: Path, bad: int) -> dict[int, str]:
    """Puts bad rows in place of `bad` good ones, spread over the file, every kind in turn.

    Row -> how its reason begins.
    """
    with path.open("rb") as file:
        total = sum(1 for _ in file)
    kinds = cycle(BAD.values())
    places = {1 + (2 * n + 1) * total // (2 * bad): next(kinds) for n in range(bad)}
    with path.open("rb") as file, spoiled.open("wb") as out:
        for number, row in enumerate(file, 1):
            out.write(places[number][0] + b"\n" if number in places else row)
    return {number: reason for number, (_, reason) in places.items()}
