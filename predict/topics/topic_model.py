"""The topic model: sentences scored by linear models, one a topic, and articles judged by their strongest sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.errors import LocbaoError
from locbao.features.text import split_sentences
from locbao.features.topics.design import (
    PHRASE,
    SIGNS,
    Rule,
    Rules,
    TopicDesign,
    article_probabilities,
    article_signs,
)
from locbao.features.topics.phrases import Phrases, written_phrases, written_tokens

LONGEST_PHRASE = 4
"""Tokens of the longest phrase that a group may name."""

_EVIDENCE = 3  # lines at the most
_NEAR = -5.5
"""Log-odds by syllables alone from which on the words of a sentence count, too: far below FLOOR they change nothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an article is about: every topic's probability, and for each topic carried its evidence.

    `scores`: probability by topic. `carried`: those that reach their threshold. `evidence`: by topic carried, indices
    of the lines that speak most for it, strongest first. `sentences`: their sentences that report on it, strongest
    first, as (index of the line, index of the sentence in it).
    """

    scores: dict[str, float]
    carried: dict[str, float]
    evidence: dict[str, tuple[int, ...]]
    sentences: dict[str, tuple[tuple[int, int], ...]]


class Topic:
    """One topic of the part `topics`; every value of it is plain: text, numbers, lists and arrays."""

    def __init__(self, name: str, part: Mapping[str, Any]) -> None:
        self.name, self.part = name, part
        self.vocabulary = part["phrases"].split("\n") if part["phrases"] else []
        self.rules = unpacked_rules(part)
        self.weights = np.asarray(part["weights"], dtype=np.float64)
        self.intercept, self.threshold = float(part["intercept"]), float(part["threshold"])

    @cached_property
    def design(self) -> TopicDesign:
        """What the topic alone sees: for its reasons, since labelling takes all topics at once."""
        return TopicDesign(self.vocabulary, self.rules)

    def probabilities(self, signs: FloatArray) -> FloatArray:
        """(a,) probabilities that articles with these `article_signs`, (a, SIGNS), carry the topic."""
        weights = np.asarray(self.part["article"], dtype=np.float64)
        return article_probabilities(signs, weights, float(self.part["article_intercept"]))

    def reasons(self, sentence: str, tokens: str) -> list[tuple[str, float, float]]:
        """Name, value and log-odds of everything that the model sees in a sentence.

        Beside syllables, a word of several is one reason: `ma_túy` has what `ma`, `túy` and `ma túy` add within it.
        """
        row = self.design.columns(Phrases.of([sentence], LONGEST_PHRASE, tokens)).matrix()
        names, value = self.design.names, dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        column = {names[place]: place for place in value if place < len(self.vocabulary)}
        words = Counter(word for word in written_tokens(sentence, "words") if "_" in word) if tokens == "both" else {}
        of_words = dict.fromkeys(words, 0.0)
        for word, times in words.items():
            for phrase in (word, *written_phrases(word.replace("_", " "), LONGEST_PHRASE)):
                if phrase in column:
                    within = min(times * PHRASE, value[column[phrase]])
                    value[column[phrase]] -= within
                    of_words[word] += within * float(self.weights[column[phrase]])
        own = [(names[c], v, v * float(self.weights[c])) for c, v in value.items() if v > PHRASE / 2]
        return own + [(word, times * PHRASE, of_words[word]) for word, times in words.items() if of_words[word]]


class TopicModel:
    """Built from the part `topics` of a model folder, a dict that its schema has let in (predict/store/schema.py):
    `tokens` (see `features.topics.phrases.TOKENS`) and `topics` by name.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.tokens = str(part["tokens"])
        self.topics = tuple(Topic(name, topic) for name, topic in part["topics"].items())
        self._design, self._weights = _joint_design(self.topics)
        self._intercepts = np.array([topic.intercept for topic in self.topics])

    def judge(
        self, articles: Sequence[Sequence[str]], thresholds: Mapping[str, float] | None = None
    ) -> Iterator[Judgement]:
        """What each article, given as its normalised lines, is about.

        `thresholds`: by topic, the probability from which on an article carries it; that of the training for others.
        """
        thresholds = thresholds or {}
        sentences, line, article = _sentences(articles)
        logits = self._sentence_logits(sentences)
        topics, count = len(self.topics), len(articles)
        owner = np.arange(topics)[:, None] * count + article  # an article once for each topic
        signs = article_signs(logits.ravel(), owner.ravel(), topics * count).reshape(topics, count, SIGNS)
        probabilities = [
            topic.probabilities(of_articles).tolist() for topic, of_articles in zip(self.topics, signs, strict=True)
        ]
        bounds = article.searchsorted(np.arange(len(articles) + 1)).tolist()
        for number, (start, stop) in enumerate(pairwise(bounds)):
            judgement = Judgement({}, {}, {}, {})
            for topic, of_sentences, chances in zip(self.topics, logits, probabilities, strict=True):
                score = chances[number] if stop > start else 0.0
                judgement.scores[topic.name] = score
                if stop > start and score >= thresholds.get(topic.name, topic.threshold):
                    judgement.carried[topic.name] = score
                    strongest = _strongest(of_sentences[start:stop], line[start:stop])
                    judgement.evidence[topic.name] = tuple(dict.fromkeys(place for place, _ in strongest))
                    judgement.sentences[topic.name] = strongest
            yield judgement

    def _sentence_logits(self, sentences: Sequence[str]) -> FloatArray:
        """(topics, s) log-odds. Finding words takes twice as long as all else, so it is done near a topic alone."""
        phrases = Phrases.of(sentences, LONGEST_PHRASE, "words" if self.tokens == "words" else "syllables")
        logits = self._logits(phrases)
        if self.tokens == "both" and len(near := np.flatnonzero((logits > _NEAR).any(axis=0))):
            texts = [sentences[place] for place in near.tolist()]
            logits[:, near] = self._logits(phrases.of_texts(near).with_words(texts))
        return logits

    def _logits(self, phrases: Phrases) -> FloatArray:
        """(topics, phrases.count) log-odds."""
        return np.asarray((self._design.columns(phrases).scores(self._weights) + self._intercepts).T)

    def explain(self, text: str, name: str) -> tuple[float, list[tuple[str, float, float]]]:
        """The log-odds of the strongest sentence of a normalised line, and that sentence's `Topic.reasons`.

        Raises KeyError for an unknown topic.
        """
        number = {topic.name: place for place, topic in enumerate(self.topics)}[name]
        sentences = split_sentences(text) or [""]
        logits = self._logits(Phrases.of(sentences, LONGEST_PHRASE, self.tokens))[number]
        strongest = int(logits.argmax())
        return float(logits[strongest]), self.topics[number].reasons(sentences[strongest], self.tokens)


def _joint_design(topics: Sequence[Topic]) -> tuple[TopicDesign, FloatArray]:
    """What all topics see, as one design, and (columns, topics) the weights: most phrases are those of several topics,
    so that they are looked up once."""
    vocabulary = dict.fromkeys(phrase for topic in topics for phrase in topic.vocabulary)
    words: dict[str, tuple[str, ...]] = {}
    rules: list[Rule] = []
    for number, topic in enumerate(topics):
        name = {group: f"{number}: {group}" for group in topic.rules.words}  # a topic's own name may hold ": "
        words |= {name[group]: phrases for group, phrases in topic.rules.words.items()}
        for rule in topic.rules.rules:
            when, unless = (tuple(name[group] for group in groups) for groups in (rule.when, rule.unless))
            rules.append(Rule(rule.says, when, unless))
    design = TopicDesign(list(vocabulary), Rules(words, tuple(rules)))
    weights = np.zeros((design.width, len(topics)))
    column = {phrase: place for place, phrase in enumerate(vocabulary)}
    first_group, first_rule = len(vocabulary), len(vocabulary) + len(words)
    for number, topic in enumerate(topics):
        bounds = np.cumsum([len(topic.vocabulary), len(topic.rules.words), len(topic.rules.rules)])
        of_phrases, of_groups, of_rules, _ = np.split(topic.weights, bounds)
        weights[[column[phrase] for phrase in topic.vocabulary], number] = of_phrases
        weights[first_group : first_group + len(of_groups), number] = of_groups
        weights[first_rule : first_rule + len(of_rules), number] = of_rules
        first_group, first_rule = first_group + len(of_groups), first_rule + len(of_rules)
    return design, weights


class UnknownTopic(LocbaoError):
    """A topic that the model does not know."""

    def __init__(self, topic: str, topics: Sequence[str]) -> None:
        super().__init__(f"The model has no topic {topic!r}. It has: {', '.join(topics) or 'none'}.")


def check_thresholds(thresholds: Mapping[str, float], topics: Sequence[str]) -> None:
    """Raises TypeError if they are no mapping, ValueError if one is not from 0 to 1, UnknownTopic if it is of none of
    these topics."""
    if not isinstance(thresholds, Mapping):
        raise TypeError(f'thresholds are a dict, such as {{"asean": 0.5}}, not {type(thresholds).__name__}.')
    for topic, threshold in thresholds.items():
        if not 0 <= threshold <= 1:
            raise ValueError(f"The threshold of {topic} must be a probability, from 0 to 1, not {threshold}.")
        if topic not in topics:
            raise UnknownTopic(topic, topics)


def packed_rules(rules: Rules) -> dict[str, Any]:
    """The rules as plain values of a topic's part."""
    return {
        "words": {name: "\n".join(phrases) for name, phrases in rules.words.items()},
        "rules": [[rule.says, list(rule.when), list(rule.unless)] for rule in rules.rules],
        "iptc": list(rules.iptc),
    }


def unpacked_rules(part: Mapping[str, Any]) -> Rules:
    """The rules of a topic's part."""
    words = {name: tuple(phrases.split("\n")) for name, phrases in part["words"].items()}
    rules = tuple(Rule(says, tuple(when), tuple(unless)) for says, when, unless in part["rules"])
    return Rules(words, rules, tuple(part["iptc"]))


def _sentences(articles: Sequence[Sequence[str]]) -> tuple[list[str], IntArray, IntArray]:
    """All sentences, and for each the index of its line and of its article."""
    sentences: list[str] = []
    lines: list[int] = []
    owners: list[int] = []
    for number, article in enumerate(articles):
        for place, text in enumerate(article):
            of_line = split_sentences(text)
            sentences += of_line
            lines += [place] * len(of_line)
            owners += [number] * len(of_line)
    return sentences, np.array(lines, dtype=np.int64), np.array(owners, dtype=np.int64)


def _strongest(logits: FloatArray, line: IntArray) -> tuple[tuple[int, int], ...]:
    """The strongest sentence, then others that are more likely than not to report, of at most _EVIDENCE lines; each as
    (its line, its place in that line)."""
    strongest, *others = np.argsort(-logits, kind="stable").tolist()
    sentences = [strongest, *(sentence for sentence in others if logits[sentence] > 0)]
    lines = list(dict.fromkeys(line[sentences].tolist()))[:_EVIDENCE]
    first = line.searchsorted(line)  # of each sentence's line
    return tuple((int(line[i]), int(i - first[i])) for i in sentences if line[i] in lines)
