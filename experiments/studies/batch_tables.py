"""The tables of the bench of batches, from the rows of its measurements."""

import re
from collections.abc import Sequence
from statistics import median

from locbao.experiments.studies.measured import Measured
from locbao.train.evaluation.tables import table

NOTES = """\
Whole runs of `locbao predict` from start to exit, on pages composed from the example corpus (and from the material
given). Two cores, which other work may have shared: the contenders therefore take turns, and a ratio is taken within a
turn; shown is the median, in brackets the least and the greatest. trafilatura gets every line that is not blank in a
`<p>`, and two processes that are loaded already. Memory is the proportional set size of all processes of a run
together, looked at every half second."""

KILL_NOTES = """\
SIGKILL at random moments of a batch, 100 rows of which are bad, each time followed by `--resume`; outputs are JSON
Lines, the same in gzip, and Parquet in turn. The same in the end: batches whose output and quarantine are, byte for
byte, those of an uninterrupted run."""


def report(rows: Sequence[Measured], counts: tuple[int, int]) -> str:
    """All tables; `counts` are the pages of the small and the large batch that memory is measured on."""
    [bad] = named(rows, "bad rows")
    kills = named(rows, r"kill \d+")
    happened = [
        len(kills),
        sum(len(row["moments"]) for row in kills),
        sum(row["interrupted"] for row in kills),
        sum(bool(size) for row in kills for size in row["kept"]),
        sum(row["same"] for row in kills),
    ]
    cold = [row["seconds"] for row in named(rows, r"cold \d+")]
    parts = ["# Batches", NOTES, "## Pages per second", speed_table(rows)]
    parts += [f"One page, from the start of the process to its end: {spread(cold, 2)} s."]
    parts += ["## Memory", memory_table(rows, counts), "## Bad rows"]
    parts += [table(["", "rows"], [[name, _shown(value)] for name, value in bad.items() if name != "name"])]
    parts += ["## Kills", KILL_NOTES]
    heads = ["batches", "kills", "while at work", "with output to keep", "the same in the end"]
    parts += [table(heads, [list(map(str, happened))])]
    return "\n\n".join(parts)


def speed_table(rows: Sequence[Measured]) -> str:
    """Pages per second of each contender, and its ratio to the two that matter."""
    contenders = {"1": "1 process", "2": "2 processes", "trafilatura": "trafilatura, 2 processes"}
    rates = {name: [row["pages"] / row["seconds"] for row in named(rows, rf"speed \d+ {name}")] for name in contenders}
    shown = [
        [title, spread(rates[name]), *(_ratio(rates[name], rates[other]) for other in ("1", "trafilatura"))]
        for name, title in contenders.items()
    ]
    return table(["", "pages/s", "over 1 process", "over trafilatura"], shown)


def memory_table(rows: Sequence[Measured], counts: tuple[int, int]) -> str:
    """MiB of all processes together for a small and for a large batch."""
    shown = []
    for jobs in (1, 2):
        small, large = (named(rows, f"memory {jobs} {count}")[0] for count in counts)
        figures = [f"{row[key]:,.0f}" for key in ("peak", "late") for row in (small, large)]
        ratio, rate = large["peak"] / small["peak"], large["pages"] / large["seconds"]
        shown.append([str(jobs), *figures, f"{ratio:.3f}", f"{rate:,.0f}"])
    heads = [f"{what}, {count:,} pages" for what in ("peak MiB", "second half") for count in counts]
    return table(["processes", *heads, "peak over peak", f"pages/s, {counts[1]:,} pages"], shown)


def named(rows: Sequence[Measured], pattern: str) -> list[Measured]:
    """The measurements whose whole name the pattern matches."""
    return [row for row in rows if re.fullmatch(pattern, row["name"])]


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, least and greatest."""
    middle, least, greatest = (f"{figure(values):,.{digits}f}" for figure in (median, min, max))
    return f"{middle} [{least}, {greatest}]"


def _ratio(rates: Sequence[float], others: Sequence[float]) -> str:
    return spread([rate / other for rate, other in zip(rates, others, strict=True)], 2)


def _shown(value: int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:,}"
