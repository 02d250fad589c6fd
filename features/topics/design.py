"""What a topic model sees of a sentence: its phrases, groups of words that its topic names, and rules over the groups;
and of an article: the scores of its sentences.

The rules are labelling functions in the manner of Ratner et al., Snorkel (2017): each speaks for or against the topic,
or says nothing. Their votes are columns of the linear model, whose weights say how far each is to be trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.columns import Columns, Entries
from locbao.features.tokens import Lookup
from locbao.features.topics.phrases import Phrases, phrase_codes

# What a column counts: a rule is one sign, a phrase one of many. The solver trusts large columns sooner.
PHRASE, GROUP, RULE = 0.15, 0.6, 1.0

STRONGEST = 3  # sentences of an article that count
SIGNS = STRONGEST + 1
FLOOR = -4.0
"""Log-odds of a sentence that is not there; below it, how far a sentence is from the topic says nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks where every group of `when` and none of `unless` stands in a sentence; `says` "yes" or "no"."""

    says: str
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def __str__(self) -> str:
        but = f" but not {', '.join(self.unless)}" if self.unless else ""
        return f"rule for {self.says}: {' + '.join(self.when)}{but}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a topic's file says: groups of phrases by name, rules over them, and its IPTC Media Topics."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    iptc: tuple[str, ...] = ()


class TopicDesign:
    """Columns: the phrases of a vocabulary, counted; then groups, at most once; then rules."""

    def __init__(self, vocabulary: Sequence[str], rules: Rules) -> None:
        self.vocabulary, self.rules = tuple(vocabulary), rules
        self.names = [*self.vocabulary, *(f"one of {name}" for name in rules.words), *map(str, rules.rules)]
        self._lookup = Lookup(phrase_codes(self.vocabulary))
        members = [(phrase, column) for column, group in enumerate(rules.words.values()) for phrase in group]
        codes, row = np.unique(phrase_codes([phrase for phrase, _ in members]), return_inverse=True)
        self._members = Lookup(codes)
        self._groups = np.zeros((len(codes), len(rules.words)), dtype=bool)
        self._groups[row, [column for _, column in members]] = True
        place = {name: index for index, name in enumerate(rules.words)}
        self._rules = [([place[n] for n in rule.when], [place[n] for n in rule.unless]) for rule in rules.rules]

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)

    def columns(self, phrases: Phrases) -> Columns:
        """What the texts of the phrases hold: known phrases, groups that stand in them, rules that speak."""
        column = self._lookup.find(phrases.code)
        in_vocabulary = np.flatnonzero(column >= 0)
        present = self._present(phrases)
        spoken = [present[:, when].all(axis=1) & ~present[:, unless].any(axis=1) for when, unless in self._rules]
        text, sign = np.column_stack((present, *spoken)).nonzero()
        counted = Entries(phrases.text.take(in_vocabulary), column.take(in_vocabulary), PHRASE)
        signs = Entries(text, len(self.vocabulary) + sign, np.where(sign < present.shape[1], GROUP, RULE))
        return Columns((phrases.count, self.width), entries=(counted, signs))

    def _present(self, phrases: Phrases) -> BoolArray:
        present = np.zeros((phrases.count, self._groups.shape[1]), dtype=bool)
        member = self._members.find(phrases.code)
        kept = np.flatnonzero(member >= 0)
        where, group = np.nonzero(self._groups[member[kept]])
        present[phrases.text[kept[where]], group] = True
        return present


def article_signs(scores: FloatArray, owner: IntArray, count: int) -> FloatArray:
    """(count, SIGNS) of articles from the log-odds of sentences, (s,), and the article of each, (s,), in order.

    The strongest sentences, best first, and the log of one more than the number of sentences. That the strongest
    instance decides is multiple-instance learning (Andrews, Tsochantaridis and Hofmann, 2003); the second and third
    tell a report from a mention in passing.
    """
    signs = np.full((count, SIGNS), FLOOR)
    sizes = np.bincount(owner, minlength=count)
    first = np.cumsum(sizes) - sizes
    order = np.lexsort((-scores, owner))
    rank = np.arange(len(order)) - first[owner[order]]
    kept = rank < STRONGEST
    signs[owner[order[kept]], rank[kept]] = np.maximum(scores[order[kept]], FLOOR)
    signs[:, STRONGEST] = np.log1p(sizes)
    return signs


def article_probabilities(signs: FloatArray, weights: FloatArray, intercept: float) -> FloatArray:
    """(a,) probabilities that articles carry a topic, from (a, SIGNS) and weights, (SIGNS,): logistic regression."""
    return np.asarray(1 / (1 + np.exp(-np.clip(signs @ weights + intercept, -700, 700))))  # what exp can hold
