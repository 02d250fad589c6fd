"""What each part of the topic model is worth, and what words cost against syllables.

    python -m locbao.experiments.topic_ablation CORPUS…

Every variant is scored out of fold, with each of SEEDS.
"""

import argparse
import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from locbao.experiments.record import write_table
from locbao.features.batch import FloatArray
from locbao.features.errors import LocbaoError
from locbao.features.phrases import TOKENS, Phrases
from locbao.features.topic_design import Rules
from locbao.predict.topic_model import LONGEST_PHRASE
from locbao.train.tables import table
from locbao.train.topic_config import TopicConfig
from locbao.train.topic_corpus import TopicArticle, read_topic_corpus
from locbao.train.topic_crossval import cross_validate, make_folds
from locbao.train.topic_fit import TopicBench
from locbao.train.topic_rules import read_rules
from locbao.train.topic_score import score_topics

NAME = "topic_ablation"
SEEDS = (1, 2, 3)
BATCH = 500  # sentences that are timed together, those of some 25 articles
MEAN = "mean"
CUTS = ("sure", "all")  # articles whose readers were sure, and all

RulesOf = Callable[[Rules], Rules]
Scores = dict[tuple[str, str], FloatArray]
"""F1 in hundredths, one for each of SEEDS, by cut and topic; MEAN for the mean over topics."""


class StrongestAlone(TopicBench):
    """Articles judged by their strongest sentence, and nothing else."""

    def signs(self, scores: FloatArray) -> FloatArray:
        found = super().signs(scores)
        found[:, 1:] = 0
        return found


def as_words(rules: Rules) -> Rules:
    """The groups as words may be: each phrase of syllables in every way of joining them."""
    ways = {name: tuple(way for phrase in phrases for way in _ways(phrase)) for name, phrases in rules.words.items()}
    return replace(rules, words=ways)


@dataclass(frozen=True, slots=True)
class Variant:
    """A change of the model. `reads`: part of the single sentences that is learned from, drawn anew for every seed."""

    config: Mapping[str, Any] = field(default_factory=dict)
    rules: RulesOf = lambda rules: rules
    reads: float = 1.0
    bench: type[TopicBench] = TopicBench


def _groups(rules: Rules) -> Rules:
    return replace(rules, rules=())


def _nothing(_: Rules) -> Rules:
    return Rules()


VARIANTS = {
    "all": Variant(),
    "words instead of syllables": Variant({"tokens": "words"}, as_words),
    "words, none but single ones": Variant({"tokens": "words", "phrase": 1}, as_words),
    "syllables, none but single ones": Variant({"phrase": 1}),
    "syllables, phrases of up to 3": Variant({"phrase": 3}),
    "groups without rules": Variant(rules=_groups),
    "neither groups nor rules": Variant(rules=_nothing),
    "no read sentences": Variant(reads=0),
    "25 % of the read sentences": Variant(reads=0.25),
    "50 % of the read sentences": Variant(reads=0.5),
    "articles alone: no read sentences, groups or rules": Variant(rules=_nothing, reads=0),
    "sentence model from the read sentences alone": Variant({"rounds": 0}),
    "strongest sentence instead of three and the length": Variant(bench=StrongestAlone),
}

NOTES = f"""\
Out of fold on the labelled articles, F1 in hundredths: the mean of {len(SEEDS)} seeds, each with its own folds; `±` is
the standard deviation over the seeds, and differences of less than two of those say nothing; other articles would move
all rows by more (see the intervals in `topics.md`). Judge and threshold come from the other folds. "All" learns from
phrases of up to {TopicConfig().phrase} syllables.

Read sentences are single ones that people have read for this. "Articles alone" is multi-instance learning on the
labelled articles and nothing else. Where words are asked for, the groups hold each phrase in every way of joining its
syllables, for a group written in syllables does not find `biên_giới`."""

SPEED_NOTES = f"""\

Microseconds of one core for a sentence, all topics, {BATCH} sentences at a time: from the normalised text to its
log-odds. First: no line seen before, nor any syllable. New: the same sentences with another number at the end, so no
line is known, but its syllables are. Again: the same sentences once more. Syllables remember no line."""


def run_variants(articles: Sequence[TopicArticle]) -> dict[str, Scores]:
    """The scores of all variants."""
    found: dict[str, Scores] = {}
    for name, variant in VARIANTS.items():
        runs = [_scored(bench, variant) for bench in _benches(articles, variant)]
        found[name] = {key: 100 * np.array([run[key] for run in runs]) for key in runs[0]}
        print(name, *(f"{cut} {found[name][cut, MEAN].mean():.1f}" for cut in CUTS), file=sys.stderr, flush=True)
    return found


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
    bench = TopicBench(articles, TopicConfig(tokens=tokens))
    shape = as_words if tokens == "words" else (lambda rules: rules)
    designs = [bench.design(shape(rules))[0] for rules in read_rules(None).values()]
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


def _benches(articles: Sequence[TopicArticle], variant: Variant) -> Iterator[TopicBench]:
    """A bench for each seed; what does not depend on the seed is made once."""
    bench: TopicBench | None = None
    for seed in SEEDS:
        if bench is None or 0 < variant.reads < 1:
            config = TopicConfig(seed=seed, **variant.config)
            bench = variant.bench(_some(articles, variant.reads, seed), config)
        else:
            bench = copy.copy(bench)
            bench.config = replace(bench.config, seed=seed)
        yield bench


def _scored(bench: TopicBench, variant: Variant) -> dict[tuple[str, str], float]:
    """F1 by cut and topic."""
    folds = make_folds(bench, bench.config.folds)
    held_out = {
        topic: cross_validate(bench, topic, bench.design(variant.rules(rules))[1], folds)[0]
        for topic, rules in read_rules(None).items()
    }
    found: dict[tuple[str, str], float] = {}
    for cut in CUTS:
        scores = score_topics(held_out, sure_only=cut == "sure", draws=1)
        found |= {(cut, topic): figures["f1"].value for topic, figures in scores.topics.items()}
        found[cut, MEAN] = scores.macro_f1.value
    return found


def _some(articles: Sequence[TopicArticle], part: float, seed: int) -> list[TopicArticle]:
    """All articles, and a part of the single sentences."""
    single = [place for place, article in enumerate(articles) if not article.is_article]
    kept = np.random.default_rng(seed).permutation(single)[: round(part * len(single))]
    chosen = set(kept.tolist())
    return [article for place, article in enumerate(articles) if article.is_article or place in chosen]


def _ways(phrase: str) -> list[str]:
    first, *rest = phrase.split(" ")
    found = product(" _", repeat=len(rest))
    return [first + "".join(map("".join, zip(joints, rest, strict=True))) for joints in found]


def _table(found: Mapping[str, Scores]) -> str:
    """A row a variant."""
    each = [key for key in next(iter(found.values())) if key[1] != MEAN]
    header = ["", *(f"{cut}: mean" for cut in CUTS), *(f"{cut}: {topic}" for cut, topic in each)]
    rows = (
        [
            name,
            *(f"{scores[cut, MEAN].mean():.1f} ± {scores[cut, MEAN].std(ddof=1):.1f}" for cut in CUTS),
            *(f"{scores[key].mean():.1f}" for key in each),
        ]
        for name, scores in found.items()
    )
    return table(header, rows)


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Ablations of the topic model, and words against syllables.")
    parser.add_argument("corpus", nargs="+", type=Path)
    articles = read_topic_corpus(parser.parse_args().corpus)
    times = microseconds(articles)
    scores = run_variants(articles)
    speed = table(["", "first", "new", "again"], ([name, *(f"{t:.1f}" for t in row)] for name, row in times.items()))
    write_table(NAME, "\n".join((NOTES, "", _table(scores), SPEED_NOTES, "", speed)))


if __name__ == "__main__":
    try:
        main()
    except LocbaoError as error:
        sys.exit(f"Error: {error}")
