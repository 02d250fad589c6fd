"""What words cost the topic model against syllables.

python -m locbao.experiments.studies.topic_speed CORPUS…
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np

from locbao.experiments.trials.topic_trials import as_tokens
from locbao.experiments.trials.trial_results import write_table
from locbao.features.errors import LocbaoError
from locbao.features.topics.phrases import TOKENS, Phrases
from locbao.predict.topic_model import LONGEST_PHRASE
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.tables import table
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.rules import read_rules

BATCH = 500  # sentences that are timed together, those of some 25 articles

NOTES = f"""\
Microseconds of one core for a sentence, all topics, {BATCH} sentences at a time: from the normalised text to its
log-odds. First: no line seen before, nor any syllable. New: the same sentences with another number at the end, so no
line is known, but its syllables are. Again: the same sentences once more. Syllables remember no line."""


def microseconds(articles: Sequence[TopicArticle]) -> dict[str, list[float]]:
    """By kind of token: the mean time of a sentence at first, new and again. Run before any sentence is segmented."""
    sentences = [sentence for article in articles if article.is_article for sentence in article.sentences]
    passes = (sentences, [f"{sentence} 7" for sentence in sentences], sentences)
    found = {}
    for tokens in TOKENS:
        Phrases.of(["không"], LONGEST_PHRASE, tokens)  # loads what the first line needs
        found_in = partial(Phrases.of, longest=LONGEST_PHRASE, tokens=tokens)
        cut = [_seconds(found_in, texts) for texts in passes]
        scored = _scoring(articles, sentences, tokens)
        found[tokens] = [1e6 * (seconds + scored) / len(sentences) for seconds in cut]
    return found


def _scoring(articles: Sequence[TopicArticle], sentences: Sequence[str], tokens: str) -> float:
    """Seconds to score the sentences for all topics; which weights they are does not matter."""
    bench = TopicTrainer(articles, TopicConfig(tokens=tokens))
    designs = [bench.design(as_tokens(rules, tokens))[0] for rules in read_rules(None).values()]
    batches = [Phrases.of(batch, LONGEST_PHRASE, tokens) for batch in _batches(sentences)]
    start = process_time()
    for phrases in batches:
        for design in designs:
            design.scores(phrases, np.ones(design.width))
    return process_time() - start


def _seconds(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    start = process_time()
    for batch in _batches(texts):
        work(batch)
    return process_time() - start


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="What words cost the topic model against syllables.")
    parser.add_argument("corpus", nargs="+", type=Path)
    found = microseconds(read_topic_corpus(parser.parse_args().corpus))
    times = table(["", "first", "new", "again"], ([name, *(f"{t:.1f}" for t in row)] for name, row in found.items()))
    write_table("topic_speed", f"{NOTES}\n\n{times}")


if __name__ == "__main__":
    try:
        main()
    except LocbaoError as error:
        sys.exit(f"Error: {error}")
