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
        named = [(phrase, group) for group, phrases in enumerate(rules.words.values()) for phrase in phrases]
        codes = phrase_codes([*(phrase for phrase, _ in named), *self.vocabulary])
        self._lookup = Lookup(codes)
        place = self._lookup.find(codes)  # that of the first one where several are equal
        in_groups, in_vocabulary = np.split(place, [len(named)])
        self._groups = np.zeros((len(named), len(rules.words)), dtype=bool)
        self._groups[in_groups, [group for _, group in named]] = True
        self._column = np.full(len(codes), -1)
        self._column[in_vocabulary[::-1]] = np.arange(len(in_vocabulary))[::-1]  # the first one is written last
        # A rule speaks where the sum of its signs is the number of its groups: so all rules are one product.
        self._signs = np.zeros((len(rules.words), len(rules.rules)), dtype=np.float32)
        group = {name: index for index, name in enumerate(rules.words)}
        for number, rule in enumerate(rules.rules):
            self._signs[[group[name] for name in rule.when], number] += 1
            self._signs[[group[name] for name in rule.unless], number] -= 1
        self._needed = np.array([len(set(rule.when)) for rule in rules.rules])

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)

    def columns(self, phrases: Phrases) -> Columns:
        """What the texts of the phrases hold: known phrases, groups that stand in them, rules that speak."""
        place = self._lookup.find(phrases.code)
        stands = np.flatnonzero(place >= 0)
        text, place = phrases.text.take(stands), place.take(stands)
        present = self._present(text, place, phrases.count)
        spoken = present @ self._signs == self._needed
        column = self._column.take(place)
        counted = np.flatnonzero(column >= 0)
        of_phrases = Entries(text.take(counted), column.take(counted), PHRASE)
        text, sign = np.hstack((present, spoken)).nonzero()
        of_signs = Entries(text, len(self.vocabulary) + sign, np.where(sign < present.shape[1], GROUP, RULE))
        return Columns((phrases.count, self.width), entries=(of_phrases, of_signs))

    def _present(self, text: IntArray, place: IntArray, count: int) -> BoolArray:
        """(count, groups) the groups that stand in texts, whose phrases, (m,), have these places in the lookup."""
        present = np.zeros((count, self._groups.shape[1]), dtype=bool)
        named = np.flatnonzero(place < len(self._groups))
        where, group = self._groups[place[named]].nonzero()
        present[text[named[where]], group] = True
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
    return np.asarray(1 / (1 + np.exp(np.minimum(-(signs @ weights + intercept), 700))))  # what exp can hold
