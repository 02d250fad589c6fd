"""Measurements that can go on after being cut off: a row each, in a file of results."""

import json
from typing import Any

from locbao.experiments.trials.trial_results import RESULTS, append

Measured = dict[str, Any]


def finished(name: str) -> list[Measured]:
    """The rows of an experiment so far."""
    path = RESULTS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def keep(name: str, row: Measured) -> None:
    """Adds a finished row, and waits until it is on the disk."""
    append(RESULTS / f"{name}.jsonl", row)
