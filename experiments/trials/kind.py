"""What a kind of training must be able to do so that plans can try it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from locbao.experiments.trials.report_parts import Section
from locbao.train.configuration import Configuration, checked
from locbao.train.evaluation.estimates import Estimate
from locbao.train.tracking.tracked_run import DataFile

Figures = Mapping[str, Mapping[str, Estimate]]
"""Figures by name within each group of scores: for lines, a group is a style of pages."""


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
