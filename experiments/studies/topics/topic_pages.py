"""False topics that the line labels save: topics read from predicted body lines against topics from all lines.

    python -m locbao.experiments.studies.topics.topic_pages --material FILE…

Composed pages whose sidebars carry headlines and teasers of other articles that are themselves about the topics. What a
page is about is what the topic model reads in its true body lines; a topic that only the other lines suggest is false.
Writes `topic_pages.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Annotated

import typer

import locbao
from locbao.experiments.measurement import Material, document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.text import normalise_lines
from locbao.predict.model import Model
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import Sources, read_sources

PAGES = 1000
SEED = 7001  # of pages that no model was trained on

_BATCH = 100


def measure(model: Model, sources: Sources, count: int) -> str:
    """The table of so many composed pages, and what they are, for a model with topics."""
    topics = model.topic_model
    assert topics

    def carried(articles: Sequence[Sequence[str]]) -> list[set[str]]:
        batches = (articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH))
        return [set(article.carried) for batch in batches for article in topics.judge(batch)]

    headlines = [[" ".join(normalise_lines([each.title, each.summary]))] for each in sources.headlines]
    telling = tuple(compress(sources.headlines, carried(headlines)))
    pages = replace(sources, headlines=telling).compose(count, SEED, Recipe())
    lines = [[*zip(normalise_lines(page.lines), page.labels, strict=True)] for page in pages]
    truth = carried([[text for text, label in page if label == "body"] for page in lines])
    sides = {
        "all lines": carried([[text for text, label in page if label] for page in lines]),
        "body lines": [set(page.topics) for page in model.label_many("\n".join(page.lines) for page in pages)],
    }
    rows = []
    for topic in model.topics:
        for name, judged in sides.items():
            true, predicted = ({n for n, page in enumerate(each) if topic in page} for each in (truth, judged))
            counts = {"pages with it": true, "false": predicted - true, "missed": true - predicted}
            rows.append({"topic": topic, "read from": name, **{what: len(pages) for what, pages in counts.items()}})
    head = (
        f"{count} composed pages whose furniture holds {len(telling)} headlines about the topics, seed {SEED}. "
        "The line labels are the shipped model's, which has learned from other pages of the same layouts."
    )
    return document(head, records(rows))


def run(
    material: Material = None,
    pages: Annotated[int, typer.Option(help="Composed pages.")] = PAGES,
    results: Results = RESULTS / "topics",
) -> None:
    """Counts the false topics that line labels save; writes `topic_pages.md`. Raises CorpusError."""
    write_table("topic_pages", measure(locbao.load(), read_sources([], material or []), pages), results)


if __name__ == "__main__":
    start(run, __doc__)
