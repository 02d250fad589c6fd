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

from locbao.experiments.trials.kind import TrialOutcome
from locbao.experiments.trials.plan import ExperimentPlan, Trial
from locbao.experiments.trials.trial_results import RESULTS, TrialRow, append, read_rows, write_comparison
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.evaluation.estimates import metric_key
from locbao.train.lines.outcome import named
from locbao.train.tracking.run import DataFile, RunOutcome, RunPlan, RunRecord, Tell, Tracker
from locbao.train.tracking.run_origin import commit

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
    results: Path = RESULTS,
) -> None:
    """Runs every trial that has no row in the folder `results` yet, then prints and writes the comparison.

    Raises LocbaoError; ConfigError for an unknown kind or a trial and CorpusError before anything is run.
    """
    session = _Session(plan, corpora, material, tell)
    rows = read_rows(plan.name, results)
    finished = [(trial, row) for trial in plan.trials() if (row := _latest(rows, trial, session.data))]
    done = {str(trial) for trial, _ in finished}
    waiting = [trial for trial in plan.trials() if str(trial) not in done]
    waiting.sort(key=lambda trial: trial.variant != plan.against)  # those that others are set against come first
    tell(f"{plan.name}: {len(finished) + len(waiting)} trials, {len(finished)} of them finished before")
    if not waiting and session.mirrored_in(tracker):
        write_comparison(plan, results)
        return
    if waiting:
        session.read(corpora, material)
    with tracker.run(session.parent_run()) as parent:
        for trial, row in finished:
            with tracker.run(session.child_run(trial), parent.id) as run:
                run.finish(RunOutcome(metrics_of(row)))
        _run_all(session, waiting, results, tracker, parent)
        parent.file(COMPARISON, write_comparison(plan, results).encode())


def _latest(rows: Sequence[TrialRow], trial: Trial, data: str) -> TrialRow | None:
    return next((row for row in reversed(rows) if row.settles(trial, data)), None)


def _run_all(session: "_Session", trials: Sequence[Trial], results: Path, tracker: Tracker, parent: RunRecord) -> None:
    began = time.monotonic()
    for number, trial in enumerate(trials, start=1):
        with tracker.run(session.child_run(trial), parent.id) as run:
            row, outcome = session.run(trial)
            append(results / f"{session.plan.name}.jsonl", row.model_dump(mode="json"))
            run.finish(outcome.tracked(metrics_of(row)))
        left = (time.monotonic() - began) / number * (len(trials) - number)
        rest = f"; {timedelta(seconds=round(left))} left" if left else ""
        session.tell(f"{number} of {len(trials)}: {trial}, {row.seconds:.0f} s{rest}")


class _Session:
    """A plan with its checked trials, its data, and the outcomes that others are set against."""

    def __init__(self, plan: ExperimentPlan, corpora: Sequence[Path], material: Sequence[Path], tell: Tell) -> None:
        self.plan, self.tell, self.kind = plan, tell, plan.trained
        self.settings = {
            str(trial): self.kind.configure(trial.configuration, f"{plan.source}, {trial}") for trial in plan.trials()
        }
        self.files: Sequence[DataFile] = self.kind.files(corpora, material)
        self.data = digest(self.files)
        self.commit = _commit()
        self._bases: dict[str, TrialOutcome] = {}
        self._sources: Any = None

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> None:
        """Reads what the trials learn from. Raises CorpusError."""
        self._sources = self.kind.read(corpora, material)

    def run(self, trial: Trial) -> tuple[TrialRow, TrialOutcome]:
        """One trial, set against the plan's base."""
        base = self._base_of(trial)
        began = time.monotonic()
        outcome = self._outcome(trial)
        seconds = round(time.monotonic() - began, 1)
        if trial.variant == self.plan.against:
            self._bases[str(trial)] = outcome
        row = TrialRow.model_construct(
            variant=trial.variant,
            repeat=dict(trial.repeat),
            configuration=dict(trial.configuration),
            date=datetime.now(UTC).date().isoformat(),
            commit=self.commit,
            data=self.data,
            version=version("locbao"),
            seconds=seconds,
            figures=outcome.figures,
            change=outcome.change_from(base) if base else {},
        )
        return row, outcome

    def _base_of(self, trial: Trial) -> TrialOutcome | None:
        """The outcome to set the trial against; one that was finished before is had once more, for its pages."""
        base = self.plan.base_of(trial)
        if base is None:
            return None
        if str(base) not in self._bases:
            self.tell(f"{base}: once more, to set the others against it page by page")
            self._bases[str(base)] = self._outcome(base)
        return self._bases[str(base)]

    def _outcome(self, trial: Trial) -> TrialOutcome:
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


def _commit() -> str | None:
    """The commit of the checkout that this code is of, and whether there were changes beside it."""
    tags = commit(Path(__file__).parent)
    if not tags:
        return None
    changed = " and changes" if tags["git.changed"] == "yes" else ""
    return tags["mlflow.source.git.commit"][:SHORT_DIGEST] + changed
