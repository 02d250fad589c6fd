"""What words cost the topic model against syllables.

python -m locbao.experiments.studies.speed.topic_speed CORPUS…
"""

from collections.abc import Sequence
from time import process_time

import numpy as np

from locbao.experiments.measurement import Corpus, document, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.timing import seconds
from locbao.experiments.trials.topic_trials import as_tokens
from locbao.features.topics.phrases import TOKENS, Phrases
from locbao.predict.topics.topic_model import LONGEST_PHRASE
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
        cut = [seconds(_phrases, texts, tokens, clock=process_time) for texts in passes]
        trainer, batches = TopicTrainer(articles, TopicConfig(tokens=tokens)), _phrases(sentences, tokens)
        designs = [trainer.design(as_tokens(rules, tokens))[0] for rules in read_rules(None).values()]
        began = process_time()
        for phrases in batches:
            for design in designs:
                design.columns(phrases).scores(np.ones((design.width, 1)))  # which weights they are does not matter
        scored = process_time() - began
        times[tokens] = [1e6 * (taken + scored) / len(sentences) for taken in cut]
    return times


def _phrases(texts: Sequence[str], tokens: str) -> list[Phrases]:
    batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
    return [Phrases.of(batch, LONGEST_PHRASE, tokens) for batch in batches]


def run(corpus: Corpus = None, results: Results = RESULTS / "speed") -> None:
    """Measures both and writes `topic_speed.md`. Raises CorpusError, MissingLibrary."""
    times = microseconds(read_topic_corpus(topic_files(corpus or [])))
    rows = ([name, *(f"{time:.1f}" for time in row)] for name, row in times.items())
    write_table("topic_speed", document(NOTES, table(["", "first", "new", "again"], rows)), results)


if __name__ == "__main__":
    start(run, __doc__)
