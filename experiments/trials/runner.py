"""Carries out a plan: one trial after another, each finished one a row on disk, all of them mirrored in MLflow.

The rows are the truth. A trial that has one for the same configuration and data is not run again, so a run that was cut
off goes on where it was; its parent run in MLflow gets the earlier trials as well, written from their rows.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from locbao.experiments.trials.kinds import Outcome, kind_of
from locbao.experiments.trials.plan import Plan, Trial
from locbao.experiments.trials.trial_rows import RESULTS, Figures, Row, Stamp, keep_row, read_rows
from locbao.experiments.trials.trial_tables import write_comparison
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.evaluation.estimates import metric_key
from locbao.train.lines.outcome import named
from locbao.train.tracking.run import DataFile, RunOutcome, RunPlan, RunRecord, Tell, Tracker
from locbao.train.tracking.run_origin import commit

EXPERIMENT = "experiments"
"""What the runs of all plans stand together under in MLflow."""

COMPARISON = "comparison.md"
"""The comparison as a file of the plan's run."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a plan is run on, and where its rows and its comparison go."""

    corpora: Sequence[Path]
    material: Sequence[Path]
    results: Path = RESULTS


def run_plan(plan: Plan, task: Task, tracker: Tracker, tell: Tell) -> None:
    """Runs every trial that has no row yet, then prints and writes the comparison.

    Raises LocbaoError; PlanError for an unknown kind, ConfigError for a trial and CorpusError before anything is run.
    """
    session = Session(plan, task, tell)
    finished, waiting = session.sorted_trials()
    tell(f"{plan.name}: {len(finished) + len(waiting)} trials, {len(finished)} of them finished before")
    if waiting:
        session.read()
    if waiting or not session.mirrored_in(tracker):
        with tracker.run(session.parent_run()) as parent:
            for trial, row in finished:
                with tracker.run(session.child_run(trial), parent.id) as run:
                    run.finish(RunOutcome(metrics_of(row)))
            _run_all(session, waiting, tracker, parent)
            parent.file(COMPARISON, write_comparison(plan, task.results).encode())
    else:
        write_comparison(plan, task.results)


def _run_all(session: "Session", trials: Sequence[Trial], tracker: Tracker, parent: RunRecord) -> None:
    began = time.monotonic()
    for number, trial in enumerate(trials, start=1):
        with tracker.run(session.child_run(trial), parent.id) as run:
            row, outcome = session.run(trial)
            keep_row(session.plan.name, row, session.task.results)
            run.finish(outcome.tracked(metrics_of(row)))
        left = (time.monotonic() - began) / number * (len(trials) - number)
        rest = f"; {timedelta(seconds=round(left))} left" if left else ""
        session.tell(f"{number} of {len(trials)}: {trial}, {row.seconds:.0f} s{rest}")


class Session:
    """A plan with its checked trials, its data, and the outcomes that others are set against."""

    def __init__(self, plan: Plan, task: Task, tell: Tell) -> None:
        self.plan, self.task, self.tell = plan, task, tell
        self.kind = kind_of(plan)
        self.settings = {
            str(trial): self.kind.configure(trial.configuration, f"{plan.source}, {trial}") for trial in plan.trials()
        }
        self.files: Sequence[DataFile] = self.kind.files(task.corpora, task.material)
        self.data = digest(self.files)
        self.stamp = Stamp(datetime.now(UTC).date().isoformat(), _commit(), self.data, version("locbao"))
        self._bases: dict[str, Outcome] = {}
        self._sources: Any = None

    def sorted_trials(self) -> tuple[list[tuple[Trial, Row]], list[Trial]]:
        """The trials that have a row, and those that have not, the ones that others are set against first."""
        rows = read_rows(self.plan.name, self.task.results)
        trials = self.plan.trials()
        found = {str(trial): row for trial in trials for row in rows if row.settles(trial, self.data)}
        waiting = [trial for trial in trials if str(trial) not in found]
        waiting.sort(key=lambda trial: trial.variant != self.plan.against)
        return [(trial, found[str(trial)]) for trial in trials if str(trial) in found], waiting

    def read(self) -> None:
        """Reads what the trials learn from. Raises CorpusError."""
        self._sources = self.kind.read(self.task.corpora, self.task.material)

    def run(self, trial: Trial) -> tuple[Row, Outcome]:
        """One trial, set against the plan's base."""
        base = self._base_of(trial)
        began = time.monotonic()
        outcome = self._outcome(trial)
        seconds = round(time.monotonic() - began, 1)
        change: Figures = outcome.change_from(base) if base else {}
        if trial.variant == self.plan.against:
            self._bases[str(trial)] = outcome
        figures = outcome.figures
        return Row(trial.variant, trial.repeat, trial.configuration, self.stamp, seconds, figures, change), outcome

    def _base_of(self, trial: Trial) -> Outcome | None:
        """The outcome to set the trial against; one that was finished before is had once more, for its pages."""
        base = self.plan.base_of(trial)
        if base is None:
            return None
        if str(base) not in self._bases:
            self.tell(f"{base}: once more, to set the others against it page by page")
            self._bases[str(base)] = self._outcome(base)
        return self._bases[str(base)]

    def _outcome(self, trial: Trial) -> Outcome:
        return self.kind.run(self._sources, self.settings[str(trial)])

    def parent_run(self) -> RunPlan:
        """The run of the whole plan."""
        plan = self.plan
        return RunPlan("plan", plan.name, plan.base, self.files, self._tags(digest=self._digest()), EXPERIMENT)

    def child_run(self, trial: Trial) -> RunPlan:
        """The run of a trial."""
        tags = self._tags(variant=trial.variant)
        return RunPlan(self.plan.kind, str(trial), trial.configuration, self.files, tags, EXPERIMENT)

    def mirrored_in(self, tracker: Tracker) -> bool:
        """Whether all trials, with these data, stand in MLflow under one parent. Raises TrackingError."""
        runs = tracker.runs(EXPERIMENT, self._tags(digest=self._digest()))
        return any(run.status == "FINISHED" for run in runs)

    def _tags(self, **tags: str) -> dict[str, str]:
        return {"plan": self.plan.name, "data": self.data, **tags}

    def _digest(self) -> str:
        trials = [[trial.variant, trial.repeat, trial.configuration] for trial in self.plan.trials()]
        return hashlib.sha256(json.dumps([trials, self.data]).encode()).hexdigest()


def metrics_of(row: Row) -> dict[str, float]:
    """The row's figures as MLflow's metrics: `group/figure` with `.low` and `.high`, and the same below `change/`."""
    return {
        f"{prefix}{metric_key(named(group))}/{metric_key(name)}{end}": number
        for prefix, figures in (("", row.figures), ("change/", row.change))
        for group, found in figures.items()
        for name, one in found.items()
        for end, number in (("", one.value), (".low", one.low), (".high", one.high))
    }


def digest(files: Sequence[DataFile]) -> str:
    """One digest of all files that are learned from, in the order in which they were given."""
    return hashlib.sha256("".join(f"{file.role} {file.sha256}\n" for file in files).encode()).hexdigest()


def _commit() -> str | None:
    """The commit of the checkout that this is run in, and whether there were changes beside it."""
    tags = commit()
    if not tags:
        return None
    changed = " and changes" if tags["git.changed"] == "yes" else ""
    return tags["mlflow.source.git.commit"][:SHORT_DIGEST] + changed
