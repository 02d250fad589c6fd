"""The line model on pages of sites it has not seen, as they are and written in other ways.

    python -m locbao.experiments.studies.lines.robustness CORPUS… --material FILE… --config FILE

One leave-sites-out run scores every page of the corpus as it is, in NFD, with both tone placements, with CRLF line ends
and without its blank lines. The rewritten pages are never learned from. Writes `robustness.md`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from locbao.experiments.measurement import Config, Corpus, Jobs, Material, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.text import OLD_TONE, split_lines
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import read_configuration
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ByStyle, LineScores, scores_by_style
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import leave_site_out, make_folds
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.samples import labelled_sample, training_samples


def _each(rewrite: Callable[[str], str]) -> Callable[[CorpusPage], CorpusPage]:
    """Rewrites the lines one by one."""
    return lambda page: replace(page, lines=tuple(map(rewrite, page.lines)))


def _tones(placement: Mapping[str, str]) -> Callable[[CorpusPage], CorpusPage]:
    """Moves the tone marks of open syllables: `hòa` to `hoà`, or back."""
    syllable = re.compile("(?<![qQ])(" + "|".join(placement) + r")(?!\w)")
    return _each(lambda line: syllable.sub(lambda match: placement[match[1]], line))


def _no_blanks(page: CorpusPage) -> CorpusPage:
    columns = zip(page.lines, page.labels, page.sure, page.kinds, strict=True)
    lines, labels, sure, kinds = zip(*(entry for entry in columns if entry[1] is not None), strict=True)
    return replace(page, lines=lines, labels=labels, sure=sure, kinds=kinds, links=None)


REWRITINGS: Mapping[str, Callable[[CorpusPage], CorpusPage]] = {
    "NFD": _each(partial(unicodedata.normalize, "NFD")),
    "old tone placement": _tones(OLD_TONE),
    "new tone placement": _tones({old: new for new, old in OLD_TONE.items()}),
    "CRLF": lambda page: replace(page, lines=tuple(split_lines("\r\n".join(page.lines)))),
    "without blank lines": _no_blanks,
}


def score_unseen(sources: Sources, rewritten: Sequence[CorpusPage], config: LineConfig, jobs: int) -> ByStyle:
    """The pages of the corpus and the rewritten ones, which are never learned from, with probabilities out of site."""
    samples = (labelled_sample(page, 0.0) for page in rewritten)
    unlearned = [replace(sample, sure=np.zeros(len(sample.labels), dtype=bool)) for sample in samples]
    bench = LineTrainer(training_samples(sources, config, unlearned), config)
    return leave_site_out(bench, [*sources.corpus, *rewritten], make_folds(sources.corpus, config), jobs, print).scored


def loss_table(scores: Mapping[str, LineScores]) -> str:
    """Macro F1 of each style as it is, and what is lost of it by each way of writing."""
    rows = []
    for style in [style for style in scores if "," not in style]:
        whole = scores[style]["macro_f1"].value
        rows.append([style, f"{whole:.4f}", ""])
        for name in REWRITINGS:
            rewritten = scores[f"{style}, {name}"]["macro_f1"].value
            rows.append([f"{style}, {name}", f"{rewritten:.4f}", f"{whole - rewritten:+.4f}"])
    return table(["pages", "macro F1", "lost"], rows)


def measure(sources: Sources, config: LineConfig, jobs: int) -> dict[str, LineScores]:
    """Scores of the corpus' pages by style, and by `STYLE, NAME` those of the same pages rewritten."""
    rewritten = [
        replace(rewrite(page), id=f"{page.id} {name}", style=f"{page.style}, {name}")
        for name, rewrite in REWRITINGS.items()
        for page in sources.corpus
    ]
    return scores_by_style(score_unseen(sources, rewritten, config, jobs))


def run(
    corpus: Corpus = None,
    material: Material = None,
    config: Config = None,
    jobs: Jobs = 2,
    results: Results = RESULTS / "lines",
) -> None:
    """Scores the pages as they are and rewritten; writes `robustness.md`. Raises LocbaoError."""
    scores = measure(read_sources(corpus or [], material or []), read_configuration(LineConfig, config), jobs)
    write_table("robustness", loss_table(scores), results)


if __name__ == "__main__":
    start(run, __doc__)
