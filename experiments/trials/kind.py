"""What a kind of training must be able to do so that plans can try it, and what the kinds share.

They check a trial's own keys in the same way, and give the same parts of a report.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from locbao.train.configuration import checked
from locbao.train.evaluation.estimates import Estimate
from locbao.train.tracking.run import DataFile, Picture, RunOutcome, as_png

Figures = Mapping[str, Mapping[str, Estimate]]
"""Figures by name within each group of scores: for lines, a group is a style of pages."""

_Keys = TypeVar("_Keys", bound=BaseModel)


def split(keys: type[_Keys], values: Mapping[str, Any], source: str) -> tuple[_Keys, dict[str, Any]]:
    """The values that the pydantic model describes, checked, and all others. Raises ConfigError."""
    described = {key: value for key, value in values.items() if key in keys.model_fields}
    return checked(keys, described, source), {key: value for key, value in values.items() if key not in described}


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


class TrialOutcome(Protocol):
    """What a trial came to. Two of them, of one kind and the same data, were scored on the same pages."""

    @property
    def figures(self) -> Figures:
        """Every figure with its interval."""

    def change_from(self, base: Any) -> Figures:
        """Every figure minus that of another outcome, with paired intervals."""

    def tracked(self, metrics: Mapping[str, float]) -> RunOutcome:
        """What MLflow is to keep of it beside these metrics."""


class TrialKind(Protocol):
    """A kind of training."""

    figures: Sequence[str]
    """The figures of a comparison whose plan names none."""
    held_out: Set[str]
    """Fields by which a row of its held-out results is known."""

    def configure(self, values: Mapping[str, Any], source: str) -> Any:
        """The checked configuration of a trial, `source` its name in messages. Raises ConfigError."""

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> Sequence[DataFile]:
        """The files that are learned from. Raises CorpusError."""

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> Any:
        """What all trials learn from. Raises CorpusError."""

    def run(self, sources: Any, configuration: Any) -> TrialOutcome:
        """One trial. Raises ScoreError where nothing can be held out."""

    def sections(self, held_out: Path) -> Sequence[Section]:
        """A report of a file with such rows."""
