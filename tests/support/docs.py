"""README and guides, taken apart."""

import re
from collections.abc import Iterator

from tests.conftest import ROOT
from tests.support.tables import cells

PAGES = ("README.md", "SECURITY.md", *(path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("docs/**/*.md"))))
DOCS = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
README = DOCS["README.md"]
LABELLING, LAYOUT_GUIDE, TRAINING, EXPERIMENTS, TOPICS, MEASUREMENTS, PREDICT, HOW_IT_WORKS, CORPUS, PYTHON = (
    DOCS[f"docs/{name}.md"]
    for name in "labelling layouts training experiments topics measurements predict how-it-works corpus python".split()
)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    """What stands outside fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def tables(text: str) -> Iterator[list[list[str]]]:
    """The rows of each table outside fenced blocks, header first, ruler left out; backticks stay."""
    for block in re.findall(r"(?:^\|.*\|\n)+", prose(text), re.MULTILINE):
        rows = cells(block)
        yield [rows[0], *rows[2:]]


def table(text: str, first: str) -> list[list[str]]:
    """The rows below the header of the table whose first heading contains `first`."""
    return next(rows[1:] for rows in tables(text) if first in rows[0][0])


def names(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def section(title: str) -> str:
    """A section of the README."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]
