"""What each part of the line model is worth, and how it grows with the number of real sites it learned from.

    python -m locbao.experiments.ablation CORPUS… --material FILE… [--sites]

Every variant is scored leave-sites-out; finished ones are kept in `results/*.jsonl`, so that a run that was cut off
goes on.
"""

import argparse
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from locbao.experiments.record import STYLES, Row, finished, keep, write_table
from locbao.experiments.viterbi import decoded
from locbao.features.design import FAMILIES
from locbao.predict.line_model import softmax
from locbao.train.config import LineConfig, make_config
from locbao.train.crossval import leave_site_out, make_folds, scored_pages
from locbao.train.fit import Workbench
from locbao.train.run import make_bench, style_scores
from locbao.train.score import Scores
from locbao.train.sources import Sources, read_sources
from locbao.train.tables import table

PLAN = Path(__file__).with_name("ablation.toml")
BASE = Path(__file__).with_name("quick.toml")
SITE_COUNTS = (0, 1, 2, 4, 7)
NOTE = """

`article` is one site whose 27 sidebar lines are nearly the same closing sentence on every page: its macro F1 swings by
tenths with that sentence. Differences below about 0.005 are those between two seeds."""
DRAWS = 2  # seeded choices of sites for each point of the learning curve


def run_ablation(sources: Sources, jobs: int) -> None:
    """All variants of the plan that have no result yet, then the table."""
    plan = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    for name, change in plan["variants"].items():
        if name not in {row["variant"] for row in finished("ablation")}:
            keep("ablation", {"variant": name, **_variant(sources, {**_base(), **change}, jobs)})
            print(name, flush=True)
    found = {row["variant"]: row for row in finished("ablation")}
    whole = found["all"]
    header = ["variant", *(f"{style} {figure}" for style in STYLES for figure in ("macro F1", "lost"))]
    rows = [
        [
            row["variant"],
            *(cell for style in STYLES for cell in (f"{row[style]:.3f}", f"{whole[style] - row[style]:+.3f}")),
        ]
        for row in (found[name] for name in plan["variants"])
    ]
    write_table("ablation", table(header, rows) + NOTE)


def run_sites(sources: Sources) -> None:
    """The learning curve over the number of real sites, means over draws."""
    config = make_config(_base(), str(BASE))
    bench = make_bench(sources, config)
    done = {(row["sites"], row["draw"]) for row in finished("sites")}
    for count in SITE_COUNTS:
        for draw in range(DRAWS if 0 < count < max(SITE_COUNTS) else 1):
            if (count, draw) not in done:
                keep("sites", {"sites": count, "draw": draw, **_with_sites(sources, bench, config, count, draw)})
                print(count, draw, flush=True)
    found = {count: [row for row in finished("sites") if row["sites"] == count] for count in SITE_COUNTS}
    rows = [
        [count, *(f"{np.mean([row[style] for row in rows]):.3f}" for style in STYLES)] for count, rows in found.items()
    ]
    write_table("sites", table(["real sites learned from", *(f"{style} macro F1" for style in STYLES)], rows))


def _variant(sources: Sources, change: Row, jobs: int) -> Row:
    viterbi, without = change.pop("viterbi", False), change.pop("without", None)
    families = [name for name in FAMILIES if name != without]
    config = make_config({"families": families, **change}, str(PLAN))
    bench = make_bench(sources, config)
    folds = make_folds(sources.corpus, config)
    scored, _ = leave_site_out(bench, sources.corpus, folds, jobs, lambda line: None)
    if viterbi:
        scored = {style: decoded(pages, bench.samples) for style, pages in scored.items()}
    return _macro(style_scores(scored))


def _with_sites(sources: Sources, bench: Workbench, config: LineConfig, count: int, draw: int) -> Row:
    """Each fold scored by a model that learned from `count` real sites outside it, drawn anew for every fold."""
    scores = np.full((len(bench.samples.labels), 3), np.nan)
    for number, fold in enumerate(folds := make_folds(sources.corpus, config)):
        others = sorted(frozenset().union(*folds) - fold)
        kept = np.random.default_rng([draw, number]).permutation(others)[:count]
        left_out = fold | (frozenset(others) - frozenset(kept.tolist()))
        _, found = bench.fit(~bench.samples.touching(left_out))
        rows = bench.samples.touching(fold)[bench.samples.sample]
        scores[rows] = found[rows]
    return _macro(style_scores(scored_pages(bench, sources.corpus, softmax(scores))))


def _base() -> Row:
    return tomllib.loads(BASE.read_text(encoding="utf-8"))


def _macro(scores: Mapping[str, Scores]) -> Row:
    return {style: round(scores[style]["macro_f1"].value, 4) for style in STYLES}


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Ablations and the learning curve of the line model.")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--material", action="append", type=Path, default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sites", action="store_true", help="the learning curve instead of the ablations")
    given = parser.parse_args()
    sources = read_sources(given.corpus, given.material)
    run_sites(sources) if given.sites else run_ablation(sources, given.jobs)


if __name__ == "__main__":
    main()
