"""Trials of the line model: scored leave-sites-out, like `locbao train lines`, and with what only experiments need."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.line_report import line_sections
from locbao.experiments.trials.sections import Section
from locbao.experiments.trials.trial_rows import Figures
from locbao.experiments.trials.viterbi import decoded
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.lines.design import FAMILIES
from locbao.predict.line_model import softmax
from locbao.train.configuration import ConfigError
from locbao.train.corpus.sources import Sources, data_files, read_sources
from locbao.train.evaluation.line_scores import ByStyle, compare, scores_by_style
from locbao.train.evaluation.predictions import HELD_OUT, packed_pages, read_held_out
from locbao.train.lines.config import LineConfig, make_config
from locbao.train.lines.crossval import fold_jobs, leave_site_out, make_folds, scored_pages
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.samples import training_samples
from locbao.train.tracking.run import DataFile, RunOutcome

OWN_KEYS = ("without", "viterbi", "sites", "draw")
"""What a trial may be given beside the keys of `LineConfig`; the first is a family of features to leave out."""


@dataclass(frozen=True, slots=True)
class LineTrial:
    """A configuration, and what is changed outside of it.

    `viterbi`: labels are decoded over the page. `sites`: the number of the corpus' sites outside a fold that its model
    learns from, all for None; `draw` seeds their choice.
    """

    config: LineConfig
    viterbi: bool
    sites: int | None
    draw: int


@dataclass(frozen=True)
class LineOutcome:
    """Scored pages by style."""

    scored: ByStyle

    @cached_property
    def figures(self) -> Figures:
        return {style: scores.figures for style, scores in scores_by_style(self.scored).items()}

    def change_from(self, base: "LineOutcome") -> Figures:
        return {style: compare(base.scored[style], pages) for style, pages in self.scored.items()}

    def tracked(self, metrics: Mapping[str, float]) -> RunOutcome:
        return RunOutcome(metrics, files={HELD_OUT: packed_pages(self.scored)})


class NothingHeldOut(LocbaoError):
    """A corpus that cannot be scored on sites left out."""

    def __init__(self) -> None:
        super().__init__(
            "Cannot score the trials: the corpus' pages with an article are of one site or group alone, so none can be "
            "held out. Give a corpus with two sites or more."
        )


class Lines:
    """The kind `lines`."""

    figures: Sequence[str] = ("macro_f1", *(f"{label}_f1" for label in LABELS))
    held_out: Set[str] = frozenset({"texts", "truth", "probabilities"})

    def configure(self, values: Mapping[str, Any], source: str) -> LineTrial:
        rest = {key: value for key, value in values.items() if key not in OWN_KEYS}
        viterbi, sites, draw = values.get("viterbi", False), values.get("sites"), values.get("draw", 0)
        if "without" in values:
            if (family := values["without"]) not in FAMILIES:
                raise ConfigError(f"{source}: without", f"no family {family!r}", f"Known: {', '.join(FAMILIES)}.")
            rest["families"] = [name for name in rest.get("families", FAMILIES) if name != family]
        if not isinstance(viterbi, bool):
            raise ConfigError(f"{source}: viterbi", f"{viterbi!r} is of the wrong type", "Give true or false.")
        for key, number in (("sites", sites), ("draw", draw)):
            if number is not None and (type(number) is not int or number < 0):
                raise ConfigError(f"{source}: {key}", f"{number!r} is not a count", "Give a whole number from 0.")
        return LineTrial(make_config(rest, source), viterbi, sites, draw)

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        return data_files(corpora, material)

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> Sources:
        return read_sources(corpora, material)

    def run(self, sources: Sources, configuration: LineTrial) -> LineOutcome:
        bench = LineTrainer(training_samples(sources, configuration.config), configuration.config)
        folds = make_folds(sources.corpus, configuration.config)
        if len(folds) < 2:
            raise NothingHeldOut()
        if configuration.sites is None:
            scored, _ = leave_site_out(bench, sources.corpus, folds, fold_jobs(), lambda line: None)
        else:
            scored = _with_sites(sources, bench, folds, configuration.sites, configuration.draw)
        if configuration.viterbi:
            scored = {style: decoded(pages, bench.samples) for style, pages in scored.items()}
        return LineOutcome(scored)

    def sections(self, held_out: Path) -> list[Section]:
        return line_sections(read_held_out(held_out))


def _with_sites(
    sources: Sources, bench: LineTrainer, folds: Sequence[frozenset[str]], count: int, draw: int
) -> ByStyle:
    """Each fold scored by a model that learned from `count` real sites outside it, drawn anew for every fold."""
    scores = np.full((len(bench.samples.labels), 3), np.nan)
    for number, fold in enumerate(folds):
        others = sorted(frozenset().union(*folds) - fold)
        kept = np.random.default_rng([draw, number]).permutation(others)[:count]
        left_out = fold | (frozenset(others) - frozenset(kept.tolist()))
        _, found = bench.fit(~bench.samples.touching(left_out))
        rows = bench.samples.touching(fold)[bench.samples.sample]
        scores[rows] = found[rows]
    return scored_pages(bench, sources.corpus, softmax(scores))
