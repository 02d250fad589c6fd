"""What a kind of training must be able to do so that plans can try it, and the parts of the report that it gives."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from locbao.train.configuration import Configuration, checked
from locbao.train.evaluation.estimates import Estimate
from locbao.train.tracking.run import DataFile, Picture, as_png

Figures = Mapping[str, Mapping[str, Estimate]]
"""Figures by name within each group of scores: for lines, a group is a style of pages."""


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


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What a trial came to: pages or articles with what models said that had not learned from them.

    `figures`: all of them with their intervals. `files`: what MLflow is to keep beside its metrics, by name.
    """

    held_out: Any
    figures: Figures
    files: Mapping[str, bytes] = field(default_factory=dict)


class TrialKind(ABC):
    """A kind of training."""

    figures: Sequence[str]
    """The figures of a comparison whose plan names none."""
    fields: Set[str]
    """Fields by which a row of its held-out results is known."""
    config: type[Configuration]
    changes: type[Configuration]
    """What a trial may be given beside the keys of `config`."""

    def configure(self, values: Mapping[str, Any], source: str) -> tuple[Any, Any]:
        """A trial's `config` and `changes`, `source` its name in messages. Raises ConfigError."""
        changes = {key: value for key, value in values.items() if key in self.changes.model_fields}
        rest = {key: value for key, value in values.items() if key not in changes}
        return checked(self.config, rest, source), checked(self.changes, changes, source)

    @abstractmethod
    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> Sequence[DataFile]:
        """The files that are learned from. Raises CorpusError."""

    @abstractmethod
    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> Any:
        """What all trials learn from. Raises CorpusError."""

    @abstractmethod
    def run(self, sources: Any, settings: Any) -> TrialOutcome:
        """One trial of what `read` and `configure` gave. Raises ScoreError where nothing can be held out."""

    @abstractmethod
    def compare(self, base: TrialOutcome, outcome: TrialOutcome) -> Figures:
        """Every figure minus that of `base`, scored on the same pages or articles, with paired intervals."""

    @abstractmethod
    def sections(self, held_out: Path) -> Sequence[Section]:
        """A report of a file with such rows."""
