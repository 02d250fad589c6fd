"""Carries out a plan: one trial after another, each finished one a row on disk, all of them mirrored in MLflow.

The rows are the truth. A trial that has one for the same configuration and data is not run again, so a run that was cut
off goes on where it was; its parent run in MLflow gets the earlier trials as well, written from their rows.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from locbao.experiments.result_files import PLAN_RESULTS, append
from locbao.experiments.trials.kind import TrialOutcome
from locbao.experiments.trials.plan import ExperimentPlan, Trial
from locbao.experiments.trials.trial_results import TrialRow, read_rows, write_comparison
from locbao.features.amounts import counted
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.evaluation.estimates import metric_key
from locbao.train.lines.outcome import named
from locbao.train.tracking.run_origin import commit
from locbao.train.tracking.tracked_run import DataFile, RunOutcome, RunPlan, Tell, Tracker

EXPERIMENT = "experiments"
"""What the runs of all plans stand together under in MLflow."""

COMPARISON = "comparison.md"
"""The comparison as a file of the plan's run."""


def run_plan(
    plan: ExperimentPlan,
    tracker: Tracker,
    tell: Tell,
    *,
    corpora: Sequence[Path] = (),
    material: Sequence[Path] = (),
    results: Path = PLAN_RESULTS,
) -> None:
    """Runs every trial that has no row in the folder `results` yet, then prints and writes the comparison.

    Raises LocbaoError; ConfigError for an unknown kind or a trial and CorpusError before anything is run.
    """
    session = _Session(plan, corpora, material, tell)
    recorded = read_rows(plan.name, results)
    latest = {
        str(trial): next((row for row in reversed(recorded) if row.settles(trial, session.data)), None)
        for trial in plan.trials()
    }
    waiting = [trial for trial in plan.trials() if latest[str(trial)] is None]
    waiting.sort(key=lambda trial: trial.variant != plan.against)  # those that others are set against come first
    tell(f"{plan.name}: {counted(len(latest), 'trial')}, {len(latest) - len(waiting)} of them finished before")
    mirrored = () if waiting else tracker.runs(EXPERIMENT, session.tags(digest=session.digest))
    if any(run.status == "FINISHED" for run in mirrored):
        write_comparison(plan, results)
        return
    if waiting:
        session.sources = session.kind.read(corpora, material)
    with tracker.run(session.run_plan(None)) as parent:
        for trial in plan.trials():
            if row := latest[str(trial)]:
                with tracker.run(session.run_plan(trial), parent.id) as run:
                    run.finish(RunOutcome(metrics_of(row)))
        began = time.monotonic()
        for number, trial in enumerate(waiting, start=1):
            with tracker.run(session.run_plan(trial), parent.id) as run:
                row, outcome = session.run(trial)
                append(results / f"{plan.name}.jsonl", row.model_dump(mode="json"))
                run.finish(RunOutcome(metrics_of(row), files=outcome.files))
            left = (time.monotonic() - began) / number * (len(waiting) - number)
            rest = f"; {timedelta(seconds=round(left))} left" if left else ""
            tell(f"{number} of {len(waiting)}: {trial}, {row.seconds:.0f} s{rest}")
        parent.file(COMPARISON, write_comparison(plan, results).encode())


class _Session:
    """A plan with its checked trials, its data, and the outcomes that others are set against.

    `sources`: what the trials learn from, to be set before one is run. `digest`: of all trials and the data.
    """

    def __init__(self, plan: ExperimentPlan, corpora: Sequence[Path], material: Sequence[Path], tell: Tell) -> None:
        self.plan, self.kind, self._tell = plan, plan.trained, tell
        self._settings = {
            str(trial): self.kind.configure(trial.configuration, f"{plan.source}, {trial}") for trial in plan.trials()
        }
        self._files: Sequence[DataFile] = self.kind.files(corpora, material)
        self.data = digest(self._files)
        trials = [[trial.variant, trial.repeat, trial.configuration] for trial in plan.trials()]
        self.digest = hashlib.sha256(json.dumps([trials, self.data]).encode()).hexdigest()
        self.sources: Any = None
        self._bases: dict[str, TrialOutcome] = {}
        origin = commit(Path(__file__).parent)
        changed = " and changes" if origin.get("git.changed") == "yes" else ""
        self._commit = origin["mlflow.source.git.commit"][:SHORT_DIGEST] + changed if origin else None

    def run(self, trial: Trial) -> tuple[TrialRow, TrialOutcome]:
        """One trial, set against the plan's base; one that was finished before is had once more, for its pages."""
        base = self.plan.base_of(trial)
        if base and str(base) not in self._bases:
            self._tell(f"{base}: once more, to set the others against it page by page")
            self._bases[str(base)] = self.kind.run(self.sources, self._settings[str(base)])
        began = time.monotonic()
        outcome = self.kind.run(self.sources, self._settings[str(trial)])
        seconds = round(time.monotonic() - began, 1)
        if trial.variant == self.plan.against:
            self._bases[str(trial)] = outcome
        row = TrialRow.model_construct(
            variant=trial.variant,
            repeat=dict(trial.repeat),
            configuration=dict(trial.configuration),
            date=datetime.now(UTC).date().isoformat(),
            commit=self._commit,
            data=self.data,
            version=version("locbao"),
            seconds=seconds,
            figures=outcome.figures,
            change=self.kind.compare(self._bases[str(base)], outcome) if base else {},
        )
        return row, outcome

    def run_plan(self, trial: Trial | None) -> RunPlan:
        """The run in MLflow of a trial, or that of the whole plan."""
        if trial:
            tags = self.tags(variant=trial.variant)
            return RunPlan(self.plan.kind, str(trial), trial.configuration, self._files, tags, EXPERIMENT)
        tags = self.tags(digest=self.digest)
        return RunPlan("plan", self.plan.name, self.plan.base, self._files, tags, EXPERIMENT)

    def tags(self, **tags: str) -> dict[str, str]:
        """The tags by which the plan's runs are known, and some more."""
        return {"plan": self.plan.name, "data": self.data, **tags}


def metrics_of(row: TrialRow) -> dict[str, float]:
    """The row's figures as MLflow's metrics: `group/figure` with `.low` and `.high`, and the same below `change/`."""
    return {
        metric: number
        for prefix, groups in (("", row.figures), ("change/", row.change))
        for group, figures in groups.items()
        for name, one in figures.items()
        for metric, number in one.metrics(f"{prefix}{metric_key(named(group))}/{metric_key(name)}").items()
    }


def digest(files: Sequence[DataFile]) -> str:
    """One digest of all files that are learned from, in the order in which they were given."""
    return hashlib.sha256("".join(f"{file.role} {file.sha256}\n" for file in files).encode()).hexdigest()
