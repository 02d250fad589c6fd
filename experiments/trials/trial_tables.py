"""The comparison of a plan's trials, as Markdown to read and as CSV to reckon with."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill

import numpy as np

from locbao.experiments.trials.kinds import kind_of
from locbao.experiments.trials.plan import Plan, listed
from locbao.experiments.trials.trial_rows import RESULTS, Figures, Row, read_rows, write_table
from locbao.features.errors import LocbaoError
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.tables import table

COLUMNS = "variant repeat group figure value low high change change_low change_high date commit data".split()

WIDTH = 120  # characters of a line of prose

NOTHING = Estimate(np.nan, np.nan, np.nan)


class NothingFinished(LocbaoError):
    """A plan without a single row."""

    def __init__(self, plan: Plan, results: Path) -> None:
        super().__init__(
            f"{plan.name}: no finished trial of this plan in {results}. "
            f"Run it first: locbao experiments run {plan.source}"
        )


def write_comparison(plan: Plan, results: Path = RESULTS) -> str:
    """Prints the comparison and writes `NAME.md` and `NAME.csv`; the Markdown. Raises NothingFinished, RowUnusable."""
    rows = current_rows(plan, read_rows(plan.name, results))
    if not rows:
        raise NothingFinished(plan, results)
    text = markdown(plan, rows)
    write_table(plan.name, text, results)
    with (results / f"{plan.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(rows))
    return text


def current_rows(plan: Plan, rows: Sequence[Row]) -> list[Row]:
    """The latest row of each trial in the plan's order, out of those with the same data as the latest one of all."""
    answers = [(str(trial), row) for row in rows for trial in plan.trials() if row.answers(trial)]
    data = answers[-1][1].stamp.data if answers else None
    latest = {trial: row for trial, row in answers if row.stamp.data == data}
    return [latest[str(trial)] for trial in plan.trials() if str(trial) in latest]


def markdown(plan: Plan, rows: Sequence[Row]) -> str:
    """Title, what was measured when, the table of means over repeats, and the plan's note."""
    groups = plan.groups or list(dict.fromkeys(group for row in rows for group in row.figures))
    shown = [(group, figure) for group in groups for figure in plan.figures or kind_of(plan).figures]
    header, lines = [plan.names], []
    for group, figure in shown:
        name = f"{group} {figure}".replace("_", " ").strip()
        header += [name, f"{name} change"] if plan.against else [name]
    for variant in dict.fromkeys(row.variant for row in rows):
        same, line = [row for row in rows if row.variant == variant], [variant]
        for group, figure in shown:
            line.append(str(_mean([row.figures for row in same], group, figure)))
            if plan.against:
                line.append(_signed(_mean([row.change for row in same], group, figure)))
        lines.append(line)
    return "\n\n".join(filter(None, [f"# {plan.title}", _head(plan, rows), table(header, lines), plan.note]))


def _head(plan: Plan, rows: Sequence[Row]) -> str:
    """When, of what and by what the rows were made, what the figures are, and what is not there yet."""
    dates = sorted({row.stamp.date for row in rows})
    facts = {
        "commit": [row.stamp.commit or "" for row in rows],
        "data": [(row.stamp.data or "")[:SHORT_DIGEST] for row in rows],
        "locbao": [row.stamp.version or "" for row in rows],
    }
    said = [f"{what} {_list(filter(None, dict.fromkeys(each))) or 'not recorded'}" for what, each in facts.items()]
    sentences = [f"Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))}; {'; '.join(said)}."]
    if any(not np.isnan(one.low) for row in rows for found in row.figures.values() for one in found.values()):
        sentences.append("In brackets: 95 % intervals.")
    if plan.against:
        sentences.append(f"Changes are those against `{plan.against}`, scored on the same pages.")
    if plan.repeat:
        sentences.append(f"Means over {'; '.join(f'{k} {_list(v)}' for k, v in plan.repeat.items())}.")
    there = {(row.variant, listed(row.repeat)) for row in rows}
    missing = [str(trial) for trial in plan.trials() if (trial.variant, listed(trial.repeat)) not in there]
    if missing:
        sentences.append(f"Not finished: {'; '.join(missing)}.")
    return fill(" ".join(sentences), WIDTH)


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _mean(found: Sequence[Figures], group: str, figure: str) -> Estimate:
    """The mean of a figure over repeats, and of the ends of its intervals; nan if it is not there."""
    numbers = [(one.value, one.low, one.high) for each in found if (one := each.get(group, {}).get(figure))]
    return Estimate(*map(float, np.mean(numbers, axis=0))) if numbers else NOTHING


def _signed(change: Estimate) -> str:
    if np.isnan(change.value):
        return ""
    return f"{change.value:+.3f}" + ("" if np.isnan(change.low) else f" [{change.low:+.3f}, {change.high:+.3f}]")


def _cells(rows: Sequence[Row]) -> Iterator[list[object]]:
    """A row of the CSV for every figure of every trial."""
    for row in rows:
        for group, found in row.figures.items():
            for figure, one in found.items():
                change = row.change.get(group, {}).get(figure, NOTHING)
                numbers = (one.value, one.low, one.high, change.value, change.low, change.high)
                cells = ["" if np.isnan(number) else f"{number:.4f}" for number in numbers]
                stamp = row.stamp
                yield [row.variant, listed(row.repeat), group, figure, *cells, stamp.date, stamp.commit, stamp.data]
