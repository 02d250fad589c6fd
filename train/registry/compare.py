"""Two models on the same pages: by how much every figure differs, and which labels and topics changed.

Differences come with a paired bootstrap interval over pages (`line_scores.compare`): each draw takes the same pages of
both. An F1 of a label or topic whose whole interval lies below 0 is worse beyond noise.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from locbao.features.amounts import counted
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.train.corpus.corpus_files import expanded
from locbao.train.corpus.topic_articles import holds_articles
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.judged_articles import JudgedArticle, compare_topics
from locbao.train.evaluation.line_scores import SITE_FIGURES, ScoredPage, compare, scorable, score
from locbao.train.evaluation.tables import short, table
from locbao.train.registry.candidates import Candidate, pair_articles, pair_pages
from locbao.train.tracking.tracked_run import Table

_GATES = tuple(f"{label}_f1" for label in LABELS)
TOPICS = "topics"
"""The group of differences between topics."""

_MACRO = "macro_f1"
_FIGURES = (*SITE_FIGURES, "calibration_error")
_CHANGES = ("lost", "wrong as before", "won")
"""What a flip is, worst first: right before, wrong before and after, right now."""


class NothingInCommon(LocbaoError):
    """There is nothing to compare two models on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of both models: `group` is the style of pages, or "topics"; `gate`: it may not get worse."""

    group: str
    figure: str
    old: float
    new: float
    change: Estimate
    gate: bool

    @property
    def worse(self) -> bool:
        """Worse beyond noise: the interval has no 0 and lies below it."""
        return self.gate and self.change.high < 0

    def __str__(self) -> str:
        return f"{self.figure.replace('_', ' ')} of {self.group} ({self.change.signed()})"


@dataclass(frozen=True, slots=True)
class Flip:
    """A line, or a topic of an article, that the two models see differently. `probability`: the new model's."""

    change: str
    group: str
    site: str
    page: str
    truth: str
    old: str
    new: str
    probability: float
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`judged`: what it was measured on. `remembered`: titles of models that had learned from it. `new_topics`,
    `lost_topics`: those that only the new model, or only the old one, knows."""

    old: str
    new: str
    judged: str
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    remembered: tuple[str, ...]
    new_topics: tuple[str, ...] = ()
    lost_topics: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[Difference, ...]:
        """What the new model does worse beyond noise."""
        return tuple(each for each in self.differences if each.worse)


def compare_models(old: Candidate, new: Candidate, corpora: Sequence[Path] = ()) -> Comparison:
    """The new model against the old one, on `corpora`, or on what both were scored on in their trainings.

    Corpora of pages take the place of the pages, those of articles that of the articles.
    Raises CorpusError; NothingInCommon.
    """
    files = expanded(corpora)
    with_topics = [path for path in files if holds_articles(path)]
    pages = pair_pages(old, new, [path for path in files if path not in with_topics])
    articles = pair_articles(old, new, with_topics)
    if not pages.old and not articles.old:
        raise NothingInCommon(
            f"{old.title} and {new.title} were not scored on the same pages or articles when they were trained. Give "
            "labelled ones to compare them on (CORPUS), best such as neither has seen."
        )
    differences: list[Difference] = []
    flips: list[Flip] = []
    judged = []
    for style, before in scorable(pages.old).items():
        group, after = style or "all pages", pages.new[style]
        scores, new_scores, change = score(before), score(after), compare(before, after)
        differences += [
            Difference(group, name, scores[name].value, new_scores[name].value, change[name], name in _GATES)
            for name in _FIGURES
        ]
        flips += line_flips(group, before, after)
        judged.append(f"{counted(len(before), 'page')}{f' ({style})' if style else ''}")
    if articles.old:
        for name, figures in compare_topics(articles.old, articles.new).items():
            if name.endswith("_f1"):
                differences.append(Difference(TOPICS, name, *figures, gate=name != _MACRO))
        flips += topic_flips(articles.old, articles.new)
        judged.append(counted(len(articles.old), "article"))
    flips.sort(key=lambda flip: (_CHANGES.index(flip.change), -flip.probability))
    remembered = tuple(dict.fromkeys((*pages.remembered, *articles.remembered)))
    return Comparison(
        old=old.title,
        new=new.title,
        judged=", ".join(judged),
        differences=tuple(differences),
        flips=tuple(flips),
        remembered=remembered,
        new_topics=tuple(sorted(new.topics - old.topics)),
        lost_topics=tuple(sorted(old.topics - new.topics)),
    )


def flip_table(flips: Sequence[Flip]) -> Table:
    """The flips as rows for a file, worst first."""
    return Table(tuple(entry.name for entry in fields(Flip)), [astuple(flip) for flip in flips])


def described(comparison: Comparison, most: int) -> str:
    """The comparison for a reader, with the worst `most` flips."""
    parts = [f"old: {comparison.old}\nnew: {comparison.new}\ncompared on {comparison.judged}"]
    parts += [
        f"{title} has learned from what it is judged by: its figures show what it remembers, not what it can do."
        for title in comparison.remembered
    ]
    topics = {"new topics": comparison.new_topics, "topics that the new model lacks": comparison.lost_topics}
    parts += [f"{what}: {', '.join(names)}" for what, names in topics.items() if names]
    for group in dict.fromkeys(each.group for each in comparison.differences):
        rows = []
        for each in comparison.differences:
            if each.group == group:
                name, verdict = each.figure.replace("_", " "), "worse" if each.worse else ""
                values = ("–" if np.isnan(value) else f"{value:.3f}" for value in (each.old, each.new))
                rows.append([name, *values, each.change.signed(), verdict])
        parts.append(table([group, "old", "new", "new - old", ""], rows))
    counted = Counter(flip.change for flip in comparison.flips)
    parts.append(f"changed: {len(comparison.flips):,}" + "".join(f"; {name}: {counted[name]:,}" for name in _CHANGES))
    if comparison.flips and most:
        rows = [
            [flip.change, flip.page, flip.truth, flip.old, flip.new, f"{flip.probability:.2f}", short(flip.text)]
            for flip in comparison.flips[:most]
        ]
        parts.append(table(["worst first", "page", "truth", "old", "new", "score", "text"], rows))
    return "\n\n".join(parts)


def line_flips(group: str, before: Sequence[ScoredPage], after: Sequence[ScoredPage]) -> Iterator[Flip]:
    """The sure lines of the same pages that the two models label differently."""
    for old, new in zip(before, after, strict=True):
        labels = [page.probabilities.argmax(axis=1) for page in (old, new)]
        for place in np.flatnonzero((labels[0] != labels[1]) & new.sure).tolist():
            truth, was, is_ = new.truth[place], LABELS[labels[0][place]], LABELS[labels[1][place]]
            probability, change = round(float(new.probabilities[place].max()), 4), _change(truth, was, is_)
            yield Flip(change, group, new.site, new.id, truth, was, is_, probability, new.texts[place])


def topic_flips(before: Sequence[JudgedArticle], after: Sequence[JudgedArticle]) -> Iterator[Flip]:
    """The topics that one model gives an article and the other does not."""
    for old, new in zip(before, after, strict=True):
        for topic in sorted(set(old.given) ^ set(new.given)):
            if topic in new.truth:
                facts = (new.truth[topic], topic in old.given, topic in new.given)
                truth, was, is_ = (topic if carried else f"not {topic}" for carried in facts)
                probability = round(new.scores[topic] if topic in new.given else 1 - new.scores[topic], 4)
                yield Flip(_change(truth, was, is_), TOPICS, "", new.id, truth, was, is_, probability, new.title)


def _change(truth: str, old: str, new: str) -> str:
    lost, wrong, won = _CHANGES
    return lost if old == truth else won if new == truth else wrong
