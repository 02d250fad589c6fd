"""Where experiments leave what they came to: a row for every trial, and the comparison of all trials of a plan.

The rows are JSON Lines, so that what was cut off can go on; the comparison is Markdown to read and CSV to reckon with.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, ValidationError

from locbao.experiments.result_files import PLAN_RESULTS, row_lines, write_table
from locbao.experiments.trials.kind import Figures
from locbao.experiments.trials.plan import ExperimentPlan, Trial, listed
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.tables import table
from locbao.train.tracking.tracked_run import Table

COLUMNS = tuple("variant repeat group figure value low high change change_low change_high date commit data".split())

WIDTH = 120  # characters of a line of prose

NOTHING = Estimate(np.nan, np.nan, np.nan)

_PLACES = 4  # decimals that are kept of a figure


_Figure = Annotated[
    Estimate,
    PlainValidator(lambda numbers: Estimate(*(np.nan if number is None else float(number) for number in numbers))),
    PlainSerializer(lambda one: [None if np.isnan(n) else round(n, _PLACES) for n in (one.value, one.low, one.high)]),
]
"""In a row it is [value, low, high]; null where there is no number."""


class TrialRow(BaseModel):
    """A finished trial.

    `configuration`: what the plan gave for the trial. `date`: of the day, UTC. `commit`: of the checkout that ran.
    `data`: digest of all files that were learned from. None where something was not recorded. `change`: the figures
    minus those of the variant that the plan's others are set against.
    """

    model_config = ConfigDict(frozen=True)

    variant: str
    repeat: dict[str, Any]
    configuration: dict[str, Any] | None
    date: str
    commit: str | None
    data: str | None
    version: str | None
    seconds: float | None
    figures: dict[str, dict[str, _Figure]]
    change: dict[str, dict[str, _Figure]]

    def answers(self, trial: Trial) -> bool:
        """Whether it may stand for the trial in a comparison."""
        asked = json.loads(json.dumps(trial.configuration))  # as it comes back from a row
        same = (self.variant, self.repeat) == (trial.variant, trial.repeat)
        return same and self.configuration in (None, asked)

    def settles(self, trial: Trial, data: str) -> bool:
        """Whether the trial with these data need not be run again."""
        return self.answers(trial) and self.configuration is not None and self.data == data


def read_rows(name: str, results: Path = PLAN_RESULTS) -> list[TrialRow]:
    """The rows of a plan so far, oldest first; none if it was never run. Raises CorpusError."""
    path, rows = results / f"{name}.jsonl", []
    for number, line in row_lines(path):
        try:
            rows.append(TrialRow.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            why = " ".join((".".join(map(str, first["loc"])), first["msg"])).strip()
            hint = "Remove that line: its trial is then run again."
            raise CorpusError(f"{path}:{number}", f"not a result ({why})", hint) from None
    return rows


def write_comparison(plan: ExperimentPlan, results: Path = PLAN_RESULTS) -> str:
    """Prints the comparison and writes `NAME.md` and `NAME.csv`; the Markdown. Raises CorpusError: no or torn rows."""
    rows = current_rows(plan, read_rows(plan.name, results))
    if not rows:
        hint = f"Run it first: locbao experiments run {plan.source}"
        raise CorpusError(plan.name, f"no finished trial of this plan in {results}", hint)
    text = markdown(plan, rows)
    write_table(plan.name, text, results)
    cells = []
    named = ((row, group, figure) for row in rows for group, figures in row.figures.items() for figure in figures)
    for row, group, figure in named:
        one, change = row.figures[group][figure], row.change.get(group, {}).get(figure, NOTHING)
        numbers = (one.value, one.low, one.high, change.value, change.low, change.high)
        written = ("" if np.isnan(number) else f"{number:.4f}" for number in numbers)
        cells.append([row.variant, listed(row.repeat), group, figure, *written, row.date, row.commit, row.data])
    (results / f"{plan.name}.csv").write_bytes(Table(COLUMNS, cells).as_csv())
    return text


def current_rows(plan: ExperimentPlan, rows: Sequence[TrialRow]) -> list[TrialRow]:
    """The latest row of each trial in the plan's order, out of those with the same data as the latest one of all."""
    answers = [(str(trial), row) for row in rows for trial in plan.trials() if row.answers(trial)]
    data = answers[-1][1].data if answers else None
    latest = {trial: row for trial, row in answers if row.data == data}
    return [latest[str(trial)] for trial in plan.trials() if str(trial) in latest]


def markdown(plan: ExperimentPlan, rows: Sequence[TrialRow]) -> str:
    """Title, what was measured when, the table of means over repeats, and the plan's note."""
    groups = plan.groups or list(dict.fromkeys(group for row in rows for group in row.figures))
    shown = [(group, figure) for group in groups for figure in plan.figures or plan.trained.figures]
    header, lines = [plan.names], []
    for group, figure in shown:
        name = f"{group} {figure}".replace("_", " ").strip()
        header += [name, f"{name} change"] if plan.against else [name]
    for variant in dict.fromkeys(row.variant for row in rows):
        same, line = [row for row in rows if row.variant == variant], [variant]
        for group, figure in shown:
            line.append(str(_mean([row.figures for row in same], group, figure)))
            if plan.against:
                change = _mean([row.change for row in same], group, figure)
                line.append("" if np.isnan(change.value) else change.signed())
        lines.append(line)
    return "\n\n".join(filter(None, [f"# {plan.title}", _head(plan, rows), table(header, lines), plan.note.strip()]))


def _head(plan: ExperimentPlan, rows: Sequence[TrialRow]) -> str:
    """When, of what and by what the rows were made, what the figures are, and what is not there yet."""

    def list_of(values: Iterable[object]) -> str:
        return ", ".join(map(str, values))

    dates = sorted({row.date for row in rows})
    facts = {
        "commit": [row.commit for row in rows],
        "data": [row.data and row.data[:SHORT_DIGEST] for row in rows],
        "locbao": [row.version for row in rows],
    }
    made_by = [f"{what} {list_of(filter(None, dict.fromkeys(each))) or 'not recorded'}" for what, each in facts.items()]
    sentences = [f"Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))}; {'; '.join(made_by)}."]
    if any(not np.isnan(one.low) for row in rows for figures in row.figures.values() for one in figures.values()):
        sentences.append("In brackets: 95 % intervals.")
    if plan.against:
        sentences.append(f"Changes are those against `{plan.against}`, scored on the same pages.")
    if plan.repeat:
        sentences.append(f"Means over {'; '.join(f'{k} {list_of(v)}' for k, v in plan.repeat.items())}.")
    there = {(row.variant, listed(row.repeat)) for row in rows}
    missing = [str(trial) for trial in plan.trials() if (trial.variant, listed(trial.repeat)) not in there]
    if missing:
        sentences.append(f"Not finished: {'; '.join(missing)}.")
    return fill(" ".join(sentences), WIDTH)


def _mean(repeats: Sequence[Figures], group: str, figure: str) -> Estimate:
    """The mean of a figure over repeats, and of the ends of its intervals; nan if it is not there."""
    numbers = [(one.value, one.low, one.high) for each in repeats if (one := each.get(group, {}).get(figure))]
    return Estimate(*map(float, np.mean(numbers, axis=0))) if numbers else NOTHING
