"""Trials of the line model: scored leave-sites-out, like `locbao train lines`, and with what only experiments need."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.kind import Figures, TrialKind, TrialOutcome
from locbao.experiments.trials.report_parts import JudgedLine, JudgedPage, Section, drawn
from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import LABELS
from locbao.features.lines.design import FAMILIES
from locbao.predict.lines.line_model import softmax
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import ConfigError, Configuration, Count, checked
from locbao.train.corpus.corpus_files import data_files
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, ScoreError, compare, scores_by_style
from locbao.train.evaluation.predictions import HELD_OUT, packed_pages, read_held_out
from locbao.train.evaluation.tables import figure_table, label_table, site_table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import fold_jobs, leave_site_out, make_folds, scored_pages
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.outcome import line_pictures
from locbao.train.lines.samples import Samples, training_samples
from locbao.train.tracking.tracked_run import DataFile

WORST = 6
"""Pages of each style that a report shows whole."""


class LineChanges(Configuration):
    """What a trial of lines changes outside of its `LineConfig`.

    `without`: a family of features to leave out. `viterbi`: labels are decoded over the page. `sites`: the number of
    the corpus' sites outside a fold that its model learns from, all for None; `draw` seeds their choice.
    """

    without: str | None = None
    viterbi: bool = False
    sites: Count | None = None
    draw: Count = 0


class LineTrials(TrialKind):
    """The kind `lines`: what is held out are scored pages by style."""

    figures = ("macro_f1", *(f"{label}_f1" for label in LABELS))
    fields = frozenset({"texts", "truth", "probabilities"})
    config, changes = LineConfig, LineChanges

    def configure(self, values: Mapping[str, Any], source: str) -> tuple[LineConfig, LineChanges]:
        config, changes = super().configure(values, source)
        if changes.without is not None and changes.without not in FAMILIES:
            what = f"no family {changes.without!r}"
            raise ConfigError(f"{source}: without", what, f"Known: {', '.join(FAMILIES)}.")
        families = [name for name in config.families if name != changes.without]
        return checked(LineConfig, {**config.as_dict(), "families": families}, source), changes

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        return data_files(corpora, material)

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> Sources:
        return read_sources(corpora, material)

    def run(self, sources: Sources, settings: tuple[LineConfig, LineChanges]) -> TrialOutcome:
        config, changes = settings
        trainer = LineTrainer(training_samples(sources, config), config)
        folds = make_folds(sources.corpus, config)
        if len(folds) < 2:
            raise ScoreError(
                "Cannot score the trials: the corpus' pages with an article are of one site or group alone, so none "
                "can be held out",
                "Give a corpus with two sites or more.",
            )
        if changes.sites is None:
            scored = leave_site_out(trainer, sources.corpus, folds, fold_jobs(), lambda line: None).scored
        else:
            scores = np.full((len(trainer.samples.labels), 3), np.nan)
            for number, fold in enumerate(folds):
                others = sorted(frozenset().union(*folds) - fold)
                kept = np.random.default_rng([changes.draw, number]).permutation(others)[: changes.sites]
                left_out = fold | (frozenset(others) - frozenset(kept.tolist()))
                _, fold_scores = trainer.fit(~trainer.samples.touching(left_out))
                rows = trainer.samples.touching(fold)[trainer.samples.sample]
                scores[rows] = fold_scores[rows]
            scored = scored_pages(trainer, sources.corpus, softmax(scores))
        if changes.viterbi:
            scored = {style: decoded(pages, trainer.samples) for style, pages in scored.items()}
        return outcome_of(scored)

    def compare(self, base: TrialOutcome, outcome: TrialOutcome) -> Figures:
        return {style: compare(base.held_out[style], pages) for style, pages in outcome.held_out.items()}

    def sections(self, held_out: Path) -> list[Section]:
        return line_sections(read_held_out(held_out))


def outcome_of(scored: ByStyle) -> TrialOutcome:
    """The outcome of a trial that scored these pages."""
    figures = {style: scores.figures for style, scores in scores_by_style(scored).items()}
    return TrialOutcome(scored, figures, {HELD_OUT: packed_pages(scored)})


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
    sections = []
    for style, scores in scores_by_style(scored).items():
        pictures, missing = drawn(line_pictures(style, scored[style], scores))
        lead = f"Each site is scored by a model that has not seen it. In brackets: 95 % intervals.{missing}"
        tables = (label_table(scores), figure_table({style or "all pages": scores}), site_table(scores))
        title = f"Pages of style {style}" if style else "All pages"
        sections.append(Section(title, "\n\n".join((lead, *tables)), pictures, worst(scored[style])))
    return sections


def worst(pages: Sequence[ScoredPage], most: int = WORST) -> list[JudgedPage]:
    """The pages with the most wrong lines, those without any left out."""
    judged = []
    for page in pages:
        best, scores = page.probabilities.argmax(axis=1).tolist(), page.probabilities.max(axis=1).tolist()
        labels = [LABELS[label] for label in best]
        rows = zip(page.texts, labels, scores, page.truth, page.sure.tolist(), strict=True)
        judged.append(JudgedPage(page.id, [JudgedLine(*row) for row in rows]))
    judged.sort(key=lambda page: -page.wrong)
    return [page for page in judged[:most] if page.wrong]
