"""What words cost the topic model against syllables.

python -m locbao.experiments.studies.topic_speed CORPUS…
"""

from collections.abc import Callable, Sequence
from functools import partial
from time import process_time

import numpy as np

from locbao.experiments.studies.study import Corpus, Results, document, start
from locbao.experiments.trials.topic_trials import as_tokens
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.features.topics.phrases import TOKENS, Phrases
from locbao.predict.topic_model import LONGEST_PHRASE
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
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
    times = {}
    for tokens in TOKENS:
        Phrases.of(["không"], LONGEST_PHRASE, tokens)  # loads what the first line needs
        find = partial(Phrases.of, longest=LONGEST_PHRASE, tokens=tokens)
        cut = [_seconds(find, texts) for texts in passes]
        scored = _scoring(articles, sentences, tokens)
        times[tokens] = [1e6 * (seconds + scored) / len(sentences) for seconds in cut]
    return times


def _scoring(articles: Sequence[TopicArticle], sentences: Sequence[str], tokens: str) -> float:
    """Seconds to score the sentences for all topics; which weights they are does not matter."""
    trainer = TopicTrainer(articles, TopicConfig(tokens=tokens))
    designs = [trainer.design(as_tokens(rules, tokens))[0] for rules in read_rules(None).values()]
    batches = [Phrases.of(batch, LONGEST_PHRASE, tokens) for batch in _batches(sentences)]
    start = process_time()
    for phrases in batches:
        for design in designs:
            design.columns(phrases).scores(np.ones((design.width, 1)))
    return process_time() - start


def _seconds(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    start = process_time()
    for batch in _batches(texts):
        work(batch)
    return process_time() - start


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


def run(corpus: Corpus = None, results: Results = RESULTS) -> None:
    """Measures both and writes `topic_speed.md`. Raises CorpusError, MissingLibrary."""
    times = microseconds(read_topic_corpus(topic_files(corpus or [])))
    rows = ([name, *(f"{time:.1f}" for time in row)] for name, row in times.items())
    write_table("topic_speed", document(NOTES, table(["", "first", "new", "again"], rows)), results)


if __name__ == "__main__":
    start(run, __doc__)
