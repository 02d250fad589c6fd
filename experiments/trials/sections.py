"""The parts that a report is made of, whatever kind of training it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


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
    """A page whose lines that are not blank were labelled and are known."""

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
