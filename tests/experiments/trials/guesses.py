"""A kind of training that costs nothing, and experiments with it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from locbao.experiments.trials.kind import Figures, TrialKind, TrialOutcome
from locbao.experiments.trials.plan import ExperimentPlan, read_plan
from locbao.experiments.trials.report_parts import Section
from locbao.experiments.trials.runner import run_plan
from locbao.train.configuration import ConfigError
from locbao.train.evaluation.estimates import Estimate
from locbao.train.tracking.tracked_run import DataFile, Tracker

PLAN = """
title = "Guesses"
kind = "guesses"
against = "plain"
note = "They are guesses."
[base]
seed = 1
luck = 0.5
[variants]
plain = {}
lucky = { luck = 0.75 }
"""


@dataclass
class Guesses(TrialKind):
    """A kind of training that remembers what was run, and can be cut off before a given trial."""

    ran: list[float] = field(default_factory=list)
    cut_off_at: int = -1
    data: str = "a" * 64
    figures: Sequence[str] = ("hits",)
    fields: Set[str] = frozenset({"guess"})

    def configure(self, values: Mapping[str, Any], source: str) -> tuple[float, None]:
        if values["luck"] > 1:
            raise ConfigError(source, "too lucky", "Give less.")
        return float(values["luck"]), None

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        return [DataFile("guesses.jsonl", self.data, len(corpora) + len(material), "corpus")]

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> str:
        return f"{len(corpora)} corpora, {len(material)} of material"

    def run(self, sources: str, settings: tuple[float, None]) -> TrialOutcome:
        assert sources == "0 corpora, 0 of material"
        if len(self.ran) == self.cut_off_at:
            raise KeyboardInterrupt
        luck, _ = settings
        self.ran.append(luck)
        return TrialOutcome(luck, {"all": {"hits": Estimate(luck, luck - 0.1, luck + 0.1)}})

    def compare(self, base: TrialOutcome, outcome: TrialOutcome) -> Figures:
        change = outcome.held_out - base.held_out
        return {"all": {"hits": Estimate(change, change - 0.05, change + 0.05)}}

    def sections(self, held_out: Path) -> list[Section]:
        return [Section(held_out.name)]


def written(folder: Path, text: str = PLAN, name: str = "guesses") -> ExperimentPlan:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def carried_out(plan: ExperimentPlan, folder: Path) -> list[str]:
    """Runs the plan; what was messages."""
    messages: list[str] = []
    run_plan(plan, Tracker(), messages.append, results=folder / "results")
    return messages
