"""What a report of a training is made of: sections of text, pictures, and pages with the label of each line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from locbao.train.tracking.tracked_run import Picture, as_png


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with the label that it got, its probability, and its true label; not `sure`: not scored."""

    text: str
    label: str
    score: float
    truth: str
    sure: bool

    @property
    def wrong(self) -> bool:
        return self.sure and self.label != self.truth


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """A page whose lines that are not blank were labelled and whose true labels are known."""

    name: str
    lines: Sequence[JudgedLine]

    @property
    def wrong(self) -> int:
        """Lines with another label than their true one."""
        return sum(line.wrong for line in self.lines)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: Markdown of paragraphs and tables, then pictures, PNG by title, then pages."""

    title: str
    text: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    pages: Sequence[JudgedPage] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report to be rendered."""

    title: str
    facts: Mapping[str, str]
    sections: Sequence[Section]


def drawn(pictures: Mapping[str, Picture]) -> tuple[dict[str, bytes], str]:
    """The pictures as PNG files by title, and a sentence that says why there are none; "" where there are."""
    if find_spec("matplotlib"):
        return {title: as_png(draw) for title, draw in pictures.items()}, ""
    return {}, " The pictures are left out: matplotlib is not installed (pip install matplotlib)."
