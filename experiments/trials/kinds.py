"""What plans can train. A new kind is a class with these methods and one entry in KINDS."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Protocol

from locbao.experiments.trials.line_trials import Lines
from locbao.experiments.trials.plan import Plan, PlanError
from locbao.experiments.trials.sections import Section
from locbao.experiments.trials.topic_trials import Topics
from locbao.experiments.trials.trial_rows import Figures
from locbao.train.tracking.run import DataFile, RunOutcome


class Outcome(Protocol):
    """What a trial came to. Two of them, of one kind and the same data, were scored on the same pages."""

    @property
    def figures(self) -> Figures:
        """Every figure with its interval."""

    def change_from(self, base: Any) -> Figures:
        """Every figure minus that of another outcome, with paired intervals."""

    def tracked(self, metrics: Mapping[str, float]) -> RunOutcome:
        """What MLflow is to keep of it beside these metrics."""


class Kind(Protocol):
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

    def run(self, sources: Any, configuration: Any) -> Outcome:
        """One trial."""

    def sections(self, held_out: Path) -> Sequence[Section]:
        """A report of a file with such rows."""


KINDS: dict[str, Kind] = {"lines": Lines(), "topics": Topics()}


def kind_of(plan: Plan) -> Kind:
    """What the plan trains. Raises PlanError."""
    if plan.kind not in KINDS:
        raise PlanError(plan.source, f"unknown kind {plan.kind!r}", f"Known kinds: {', '.join(KINDS)}.")
    return KINDS[plan.kind]
