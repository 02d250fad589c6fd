"""False topics that the line labels save: topics read from predicted body lines against topics from all lines.

    python -m locbao.experiments.studies.topic_pages --material FILE…

Composed pages whose sidebars carry headlines and teasers of other articles that are themselves about the topics. What a
page is about is what the topic model reads in its true body lines; a topic that only the other lines suggest is false.
Writes `results/topic_pages.md`.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import locbao
from locbao.experiments.trials.trial_results import write_table
from locbao.features.text import normalise_lines
from locbao.predict.topic_model import Judgement, TopicModel
from locbao.train.composer.compose import ComposedPage
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.sources import read_sources
from locbao.train.evaluation.tables import table

PAGES = 1000
SEED = 7001  # of pages that no model was trained on

_BATCH = 100


def main() -> None:
    """Prints and writes the table."""
    parser = argparse.ArgumentParser(description="Counts the false topics that line labels save.")
    parser.add_argument("--material", type=Path, action="append", default=[])
    parser.add_argument("--pages", type=int, default=PAGES)
    args = parser.parse_args()
    model = locbao.load()
    topics = model.topic_model
    if topics is None:
        parser.error("the model has no topics")
    sources = read_sources([], args.material)
    headlines = [[" ".join(normalise_lines([one.title, one.summary]))] for one in sources.headlines]
    telling = [one for one, said in zip(sources.headlines, _judged(topics, headlines), strict=True) if said.carried]
    pages = replace(sources, headlines=tuple(telling)).compose(args.pages, SEED, Recipe())
    true_body = [_lines(page, "body") for page in pages]
    truth = _judged(topics, true_body)
    whole = _judged(topics, [_lines(page) for page in pages])
    predicted = [set(page.topics) for page in model.label_many("\n".join(page.lines) for page in pages)]
    rows = []
    for topic in model.topics:
        true = [topic in one.carried for one in truth]
        from_all, from_body = [topic in one.carried for one in whole], [topic in one for one in predicted]
        for name, said in (("all lines", from_all), ("body lines", from_body)):
            false = sum(found and not is_true for found, is_true in zip(said, true, strict=True))
            missed = sum(is_true and not found for found, is_true in zip(said, true, strict=True))
            rows.append([topic, name, sum(true), false, missed])
    head = (
        f"{len(pages)} composed pages whose furniture holds {len(telling)} headlines about the topics, seed {SEED}. "
        "The line labels are the shipped model's, which has learned from other pages of the same layouts."
    )
    write_table("topic_pages", f"{head}\n\n{table(['topic', 'read from', 'pages with it', 'false', 'missed'], rows)}")


def _judged(model: TopicModel, articles: Sequence[Sequence[str]]) -> list[Judgement]:
    starts = range(0, len(articles), _BATCH)
    return [one for start in starts for one in model.judge(articles[start : start + _BATCH])]


def _lines(page: ComposedPage, label: str | None = None) -> list[str]:
    """The lines with the label; without one, all lines that are not blank."""
    pairs = zip(page.lines, page.labels, strict=True)
    return normalise_lines([text for text, own in pairs if own is not None and label in (None, own)])


if __name__ == "__main__":
    main()
