"""Trials of the line model: scored leave-sites-out, like `locbao train lines`, and with what only experiments need."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.kind import Figures, JudgedLine, JudgedPage, Section, drawn, split
from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import LABELS
from locbao.features.lines.design import FAMILIES
from locbao.predict.line_model import softmax
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import ConfigError, Configuration, Count, checked
from locbao.train.corpus.corpus_files import data_files
from locbao.train.evaluation.line_scores import ByStyle, LineScores, ScoredPage, ScoreError, compare, scores_by_style
from locbao.train.evaluation.predictions import HELD_OUT, packed_pages, read_held_out
from locbao.train.evaluation.tables import figure_table, label_table, site_table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import fold_jobs, leave_site_out, make_folds, scored_pages
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.outcome import line_pictures
from locbao.train.lines.samples import Samples, training_samples
from locbao.train.tracking.run import DataFile, RunOutcome

WORST = 6
"""Pages of each style that a report shows whole."""


class LineChanges(Configuration):
    """What a trial may be given beside the keys of `LineConfig`.

    `without`: a family of features to leave out. `viterbi`: labels are decoded over the page. `sites`: the number of
    the corpus' sites outside a fold that its model learns from, all for None; `draw` seeds their choice.
    """

    without: str | None = None
    viterbi: bool = False
    sites: Count | None = None
    draw: Count = 0


@dataclass(frozen=True, slots=True)
class LineTrial:
    """A configuration, and what is changed outside of it."""

    config: LineConfig
    changes: LineChanges


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


class LineTrials:
    """The kind `lines`."""

    figures: Sequence[str] = ("macro_f1", *(f"{label}_f1" for label in LABELS))
    held_out: Set[str] = frozenset({"texts", "truth", "probabilities"})

    def configure(self, values: Mapping[str, Any], source: str) -> LineTrial:
        changes, rest = split(LineChanges, values, source)
        if changes.without is not None:
            if changes.without not in FAMILIES:
                what = f"no family {changes.without!r}"
                raise ConfigError(f"{source}: without", what, f"Known: {', '.join(FAMILIES)}.")
            rest["families"] = [name for name in rest.get("families", FAMILIES) if name != changes.without]
        return LineTrial(checked(LineConfig, rest, source), changes)

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        return data_files(corpora, material)

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> Sources:
        return read_sources(corpora, material)

    def run(self, sources: Sources, configuration: LineTrial) -> LineOutcome:
        changes = configuration.changes
        trainer = LineTrainer(training_samples(sources, configuration.config), configuration.config)
        folds = make_folds(sources.corpus, configuration.config)
        if len(folds) < 2:
            raise ScoreError(
                "Cannot score the trials: the corpus' pages with an article are of one site or group alone, so none "
                "can be held out",
                "Give a corpus with two sites or more.",
            )
        if changes.sites is None:
            scored, _ = leave_site_out(trainer, sources.corpus, folds, fold_jobs(), lambda line: None)
        else:
            scored = _with_sites(sources, trainer, folds, changes.sites, changes.draw)
        if changes.viterbi:
            scored = {style: decoded(pages, trainer.samples) for style, pages in scored.items()}
        return LineOutcome(scored)

    def sections(self, held_out: Path) -> list[Section]:
        return line_sections(read_held_out(held_out))


def _with_sites(
    sources: Sources, trainer: LineTrainer, folds: Sequence[frozenset[str]], count: int, draw: int
) -> ByStyle:
    """Each fold scored by a model that learned from `count` real sites outside it, drawn anew for every fold."""
    scores = np.full((len(trainer.samples.labels), 3), np.nan)
    for number, fold in enumerate(folds):
        others = sorted(frozenset().union(*folds) - fold)
        kept = np.random.default_rng([draw, number]).permutation(others)[:count]
        left_out = fold | (frozenset(others) - frozenset(kept.tolist()))
        _, fold_scores = trainer.fit(~trainer.samples.touching(left_out))
        rows = trainer.samples.touching(fold)[trainer.samples.sample]
        scores[rows] = fold_scores[rows]
    return scored_pages(trainer, sources.corpus, softmax(scores))


def transitions(samples: Samples) -> tuple[FloatArray, FloatArray]:
    """Log probabilities (3, 3) of a label after another, and (3,) of a label: counted on the samples, plus one."""
    counts, priors = np.ones((3, 3)), np.ones(3)
    for item in samples.items:
        np.add.at(counts, (item.labels[:-1], item.labels[1:]), item.weight)
        np.add.at(priors, item.labels, item.weight)
    return np.log(counts / counts.sum(axis=1, keepdims=True)), np.log(priors / priors.sum())


def viterbi(probabilities: FloatArray, transition: FloatArray, prior: FloatArray) -> IntArray:
    """(n,) the most probable label sequence of a page's lines, (n, 3).

    The alternative to the second pass that was measured and is not in the product. A sequence is scored by the
    probabilities over the labels' priors, times the transitions counted on labelled pages, as in hybrid taggers
    (Bourlard and Morgan, Connectionist Speech Recognition, 1994).
    """
    emission = np.log(np.maximum(probabilities, 1e-9)) - prior
    best, back = emission[0] + prior, []
    for row in emission[1:]:
        step = best[:, None] + transition
        back.append(step.argmax(axis=0))
        best = step.max(axis=0) + row
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return np.array(path[::-1])


def decoded(pages: Sequence[ScoredPage], samples: Samples) -> list[ScoredPage]:
    """The pages with the decoded label as their most probable one; probabilities mean nothing further."""
    transition, prior = transitions(samples)
    result = []
    for page in pages:
        labels = viterbi(page.probabilities, transition, prior)
        result.append(replace(page, probabilities=0.8 * np.eye(3)[labels] + 0.2 * page.probabilities))
    return result


def line_sections(scored: ByStyle) -> list[Section]:
    """A section of a report for each style: its tables, its pictures and its worst pages."""
    scores = scores_by_style(scored)
    return [_section(style, pages, scores[style]) for style, pages in scored.items()]


def _section(style: str, pages: Sequence[ScoredPage], scores: LineScores) -> Section:
    pictures, missing = drawn(line_pictures(style, pages, scores))
    lead = f"Each site is scored by a model that has not seen it. In brackets: 95 % intervals.{missing}"
    tables = (label_table(scores), figure_table({style or "all pages": scores}), site_table(scores))
    title = f"Pages of style {style}" if style else "All pages"
    return Section(title, "\n\n".join((lead, *tables)), pictures, worst(pages))


def worst(pages: Sequence[ScoredPage], most: int = WORST) -> list[JudgedPage]:
    """The pages with the most wrong lines, those without any left out."""
    judged = sorted((_judged(page) for page in pages), key=lambda page: -page.wrong)
    return [page for page in judged[:most] if page.wrong]


def _judged(page: ScoredPage) -> JudgedPage:
    best, scores = page.probabilities.argmax(axis=1).tolist(), page.probabilities.max(axis=1).tolist()
    rows = zip(page.texts, best, scores, page.truth, page.sure.tolist(), strict=True)
    lines = tuple(JudgedLine(text, LABELS[label], score, truth, sure) for text, label, score, truth, sure in rows)
    return JudgedPage(page.id, lines)
