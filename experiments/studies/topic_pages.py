"""False topics that the line labels save: topics read from predicted body lines against topics from all lines.

    python -m locbao.experiments.studies.topic_pages --material FILE…

Composed pages whose sidebars carry headlines and teasers of other articles that are themselves about the topics. What a
page is about is what the topic model reads in its true body lines; a topic that only the other lines suggest is false.
Writes `results/topic_pages.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
import typer

import locbao
from locbao.experiments.studies.study import Material, Results, document, start
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.features.errors import LocbaoError
from locbao.features.text import normalise_lines
from locbao.predict.model import Model
from locbao.predict.topic_model import Judgement, TopicModel
from locbao.train.composer.compose import ComposedPage
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.evaluation.tables import table

PAGES = 1000
SEED = 7001  # of pages that no model was trained on

_BATCH = 100


def measure(model: Model, sources: Sources, count: int) -> str:
    """The table of so many composed pages, and what they are. Raises LocbaoError for a model without topics."""
    topics = model.topic_model
    if topics is None:
        raise LocbaoError("The model has no topics, so it cannot give false ones. Give one with topics.")
    headlines = [[" ".join(normalise_lines([one.title, one.summary]))] for one in sources.headlines]
    telling = [one for one, said in zip(sources.headlines, _judged(topics, headlines), strict=True) if said.carried]
    pages = replace(sources, headlines=tuple(telling)).compose(count, SEED, Recipe())
    truth = [set(one.carried) for one in _judged(topics, [_lines(page, "body") for page in pages])]
    sides = {
        "all lines": [set(one.carried) for one in _judged(topics, [_lines(page) for page in pages])],
        "body lines": [set(page.topics) for page in model.label_many("\n".join(page.lines) for page in pages)],
    }
    rows = []
    for topic in model.topics:
        true = np.array([topic in carried for carried in truth])
        for name, judged in sides.items():
            said = np.array([topic in carried for carried in judged])
            rows.append([topic, name, true.sum(), (said & ~true).sum(), (true & ~said).sum()])
    head = (
        f"{len(pages)} composed pages whose furniture holds {len(telling)} headlines about the topics, seed {SEED}. "
        "The line labels are the shipped model's, which has learned from other pages of the same layouts."
    )
    return document(head, table(["topic", "read from", "pages with it", "false", "missed"], rows))


def _judged(model: TopicModel, articles: Sequence[Sequence[str]]) -> list[Judgement]:
    starts = range(0, len(articles), _BATCH)
    return [one for start in starts for one in model.judge(articles[start : start + _BATCH])]


def _lines(page: ComposedPage, label: str | None = None) -> list[str]:
    """The lines with the label; without one, all lines that are not blank."""
    pairs = zip(page.lines, page.labels, strict=True)
    return normalise_lines([text for text, its in pairs if its is not None and label in (None, its)])


def run(
    material: Material = None,
    pages: Annotated[int, typer.Option(help="Composed pages.")] = PAGES,
    results: Results = RESULTS,
) -> None:
    """Counts the false topics that line labels save; writes `topic_pages.md`. Raises CorpusError."""
    write_table("topic_pages", measure(locbao.load(), read_sources([], material or []), pages), results)


if __name__ == "__main__":
    start(run, __doc__)
