"""Where experiments leave their results: tables, and a row for every trial, so that what was cut off can go on."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.plan import Trial
from locbao.features.errors import LocbaoError
from locbao.train.evaluation.estimates import Estimate

RESULTS = Path("experiments/results")  # seen from the checkout's root, where the experiments are run

STYLES = ("main", "full", "article")  # cuts of the labelled pages that tables show

Figures = Mapping[str, Mapping[str, Estimate]]
"""Figures by name within each group of scores: for lines, a group is a style of pages."""

_PLACES = 4  # decimals that are kept of a figure


class RowUnusable(LocbaoError):
    """A row of an experiment's results that cannot be read."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"{source}: not a result ({why}). Remove that line: its trial is then run again.")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and of what results were made; None where something was not recorded.

    `date`: of the day, UTC. `commit`: of the checkout that ran. `data`: digest of all files that were learned from.
    """

    date: str
    commit: str | None
    data: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A finished trial. `change`: its figures minus those of the variant that the plan's others are set against.

    `configuration`: what the plan gave for the trial; None where that was not recorded.
    """

    variant: str
    repeat: Mapping[str, Any]
    configuration: Mapping[str, Any] | None
    stamp: Stamp
    seconds: float | None
    figures: Figures
    change: Figures

    def answers(self, trial: Trial) -> bool:
        """Whether it may stand for the trial in a comparison."""
        same = (self.variant, self.repeat) == (trial.variant, trial.repeat)
        return same and self.configuration in (None, _plain(trial.configuration))

    def settles(self, trial: Trial, data: str) -> bool:
        """Whether the trial with these data need not be run again."""
        return self.answers(trial) and self.configuration is not None and self.stamp.data == data


def write_table(name: str, text: str, results: Path = RESULTS) -> None:
    """Prints a table and writes it as `NAME.md`."""
    print(text)
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def read_rows(name: str, results: Path = RESULTS) -> list[Row]:
    """The rows of a plan so far, oldest first; none if it was never run. Raises RowUnusable."""
    path = results / f"{name}.jsonl"
    if not path.exists():
        return []
    return [
        _row(f"{path}:{number}", line)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip()
    ]


def keep_row(name: str, row: Row, results: Path = RESULTS) -> None:
    """Adds a finished row, and waits until it is on the disk."""
    written = {
        "variant": row.variant,
        "repeat": row.repeat,
        "configuration": row.configuration,
        "date": row.stamp.date,
        "commit": row.stamp.commit,
        "data": row.stamp.data,
        "version": row.stamp.version,
        "seconds": row.seconds,
        "figures": _packed(row.figures),
        "change": _packed(row.change),
    }
    append(results / f"{name}.jsonl", written)


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Adds a row to a file of JSON Lines, and waits until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _row(source: str, line: str) -> Row:
    try:
        read = json.loads(line)
        stamp = Stamp(read["date"], read["commit"], read["data"], read["version"])
        figures, change = _unpacked(read["figures"]), _unpacked(read["change"])
        return Row(read["variant"], read["repeat"], read["configuration"], stamp, read["seconds"], figures, change)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RowUnusable(source, repr(error)) from None


def _packed(figures: Figures) -> dict[str, dict[str, list[float | None]]]:
    """Each figure as [value, low, high]; null where there is no number."""
    return {
        group: {name: [_rounded(number) for number in (one.value, one.low, one.high)] for name, one in found.items()}
        for group, found in figures.items()
    }


def _unpacked(packed: Mapping[str, Mapping[str, list[float | None]]]) -> Figures:
    return {
        group: {
            name: Estimate(*(np.nan if number is None else number for number in one)) for name, one in found.items()
        }
        for group, found in packed.items()
    }


def _rounded(number: float) -> float | None:
    return None if np.isnan(number) else round(number, _PLACES)


def _plain(values: Mapping[str, Any]) -> Any:
    """As they come back from a row."""
    return json.loads(json.dumps(values))
