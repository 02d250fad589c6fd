"""Seconds and memory: contenders that take turns, and how their figures are written."""

import os
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import TypeVar

_Input = TypeVar("_Input")


def peak_megabytes() -> float:
    """The most memory that this process has held. Unix only."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, least and greatest."""
    middle, least, greatest = (f"{function(values):,.{digits}f}" for function in (median, min, max))
    return f"{middle} [{least}, {greatest}]"


def ratios(values: Sequence[float], others: Sequence[float], digits: int = 2) -> str:
    """The spread of the ratios within each turn."""
    return spread([value / other for value, other in zip(values, others, strict=True)], digits)


def pin() -> None:
    """This process and its children on one core, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(work: Callable[..., object], *arguments: object, clock: Callable[[], float] = perf_counter) -> float:
    """How long one call takes."""
    began = clock()
    work(*arguments)
    return clock() - began


def take_turns(
    contenders: Mapping[str, Callable[[_Input], object]],
    inputs: Callable[[int], _Input],
    repeats: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, list[float]]:
    """Seconds of each contender, one entry a turn; in a turn all get `inputs(turn)`. A turn before these warms up."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        same = inputs(turn)
        for name, work in contenders.items():
            taken[name].append(seconds(work, same, clock=clock))
    return {name: turns[1:] for name, turns in taken.items()}
