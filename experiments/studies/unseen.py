"""Pages written in other ways, scored by models that have not seen their sites."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from locbao.train.configuration import read_configuration
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.corpus.sources import Sources, read_sources
from locbao.train.evaluation.line_scores import ByStyle
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import leave_site_out, make_folds
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.samples import labelled_sample, training_samples


def given_sources(description: str) -> tuple[Sources, LineConfig, int]:
    """Pages, settings and processes from the command line: `CORPUS… --material FILE… --config FILE --jobs N`.

    Raises LocbaoError: what reading them raises.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("corpus", nargs="*", type=Path)
    parser.add_argument("--material", action="append", type=Path, default=[])
    parser.add_argument("--config", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    return read_sources(given.corpus, given.material), read_configuration(LineConfig, given.config), given.jobs


def score_unseen(sources: Sources, rewritten: Sequence[CorpusPage], config: LineConfig, jobs: int) -> ByStyle:
    """The pages of the corpus and the rewritten ones, which are never learned from, with probabilities out of site."""
    samples = (labelled_sample(page, 0.0) for page in rewritten)
    unlearned = [replace(sample, sure=np.zeros(len(sample.labels), dtype=bool)) for sample in samples]
    bench = LineTrainer(training_samples(sources, config, unlearned), config)
    scored, _ = leave_site_out(bench, [*sources.corpus, *rewritten], make_folds(sources.corpus, config), jobs, print)
    return scored
