"""Fitting topics: the trainer, who is held out from whom, judges and thresholds."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from locbao.features.topics.design import FLOOR, SIGNS, Rule, Rules
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES, TopicArticle, read_topic_corpus
from locbao.train.evaluation.topic_scores import TopicScores, score_topics
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import (
    AS_IT_STANDS,
    best_threshold,
    cross_validate,
    enough,
    fit_judge,
    make_folds,
)
from locbao.train.topics.fit import Scorer, TopicTrainer, sentence_scores
from locbao.train.topics.rules import read_rules

FLOOD = Rules({"water": ("lũ", "ngập lụt"), "fair": ("chợ phiên",)}, (Rule("yes", ("water",), ("fair",)),))
REPORT = "Lũ cuốn trôi cầu treo ở bản Nà {}."
QUIET = "Chợ phiên Nà {} đông người từ sớm."


def article(number: int, *sentences: str, topics: Sequence[str] = (), **changes: Any) -> TopicArticle:
    facts: dict[str, Any] = {
        "id": f"tin-{number}",
        "group": f"nhóm {number}",
        "sentences": sentences,
        "topics": frozenset(topics),
        "unknown": frozenset(),
        "sure": True,
        "is_article": True,
        "source": f"c.jsonl:{number}",
    }
    return TopicArticle(**(facts | changes))


def village(count: int = 24) -> list[TopicArticle]:
    """Every third article tells of a flood, in its second sentence; two in a row share their group."""
    return [
        article(n, QUIET.format(n), REPORT.format(n), topics=["flood"], group=f"nhóm {n | 1}")
        if n % 3 == 0
        else article(n, QUIET.format(n), "Trời rét đậm.", group=f"nhóm {n | 1}")
        for n in range(count)
    ]


def single(number: int, text: str, *topics: str, **changes: Any) -> TopicArticle:
    return article(number, text, topics=topics, is_article=False, **changes)


@cache
def example_scores(seed: int) -> TopicScores:
    """Scores on the example corpus, its articles held out half by half."""
    config = TopicConfig(seed=seed, folds=2)
    trainer = TopicTrainer(read_topic_corpus(sorted(TOPIC_EXAMPLES.glob("*.jsonl"))), config)
    found = {}
    for topic, rules in read_rules(None).items():
        _, seen = trainer.design(rules)
        found[topic], _ = cross_validate(trainer, topic, seen, make_folds(trainer, config.folds))
    return score_topics(found, sure_only=False)


class TestTrainer:
    def test_sentences_lie_end_to_end(self) -> None:
        articles = [article(0, "Lũ về.", "Chợ vắng."), single(1, "Trời rét."), article(2, "Lũ rút.")]
        trainer = TopicTrainer(articles, TopicConfig())
        assert trainer.owner.tolist() == [0, 0, 1, 2]
        assert trainer.first.tolist() == [0, 2, 3, 4]
        assert trainer.is_article.tolist() == [True, False, True]
        assert trainer.phrases.count == 4

    def test_known_phrases_stand_in_enough_sentences_however_often_in_one(self) -> None:
        floods = article(0, "Lũ về, lũ về, lũ rút.", "Lũ về bản.")
        articles = [floods, article(1, "Chợ 12 vắng."), article(2, "Chợ 3 tan.")]
        assert TopicTrainer(articles, TopicConfig(rarest=2, phrase=2)).vocabulary == (
            "0",
            "chợ",
            "chợ 0",
            "lũ",
            "lũ về",
            "về",
        )
        assert TopicTrainer(articles, TopicConfig(rarest=9)).vocabulary == ()

    def test_characters_that_only_look_like_letters(self) -> None:
        trainer = TopicTrainer([article(n, "Ruộng ½ m², a²b, Ⅱ") for n in range(4)], TopicConfig())
        design, seen = trainer.design(Rules())
        assert {"ruộng", "m a", "a b"} <= set(trainer.vocabulary)
        assert seen.shape == (4, design.width) == (4, len(trainer.vocabulary))

    def test_labels_and_what_is_known(self) -> None:
        articles = [article(0, "a", topics=["flood"]), article(1, "b"), article(2, "c", unknown=frozenset(["flood"]))]
        carried, known = TopicTrainer(articles, TopicConfig()).labels("flood")
        assert (carried.tolist(), known.tolist()) == ([True, False, False], [True, True, False])


class TestFit:
    def fitted(self, articles: list[TopicArticle], **settings: Any) -> tuple[TopicTrainer, Any, Scorer]:
        trainer = TopicTrainer(articles, TopicConfig(**settings))
        carried, known = trainer.labels("flood")
        _, seen = trainer.design(FLOOD)
        return trainer, seen, trainer.fit(seen, carried, known)

    def test_the_sentence_that_reports_is_found_though_only_articles_are_labelled(self) -> None:
        articles = village()
        trainer, seen, scorer = self.fitted(articles, rounds=3)
        scores = sentence_scores(seen, scorer)
        reports = np.array([sentence.startswith("Lũ") for one in articles for sentence in one.sentences])
        assert scores[reports].min() > 0 > scores[~reports].max()
        assert (trainer.signs(scores)[:, 0] > 0).tolist() == ["flood" in one.topics for one in articles]

    def test_single_sentences_alone_teach_too(self) -> None:
        articles = [single(n, (REPORT if n % 2 else QUIET).format(n), *["flood"] * (n % 2)) for n in range(12)]
        _, seen, scorer = self.fitted(articles, rounds=0)
        assert ((sentence_scores(seen, scorer) > 0) == [n % 2 for n in range(12)]).all()

    @pytest.mark.parametrize("topics", [["flood"], []])
    def test_one_class_teaches_nothing(self, topics: list[str]) -> None:
        _, seen, scorer = self.fitted([article(n, REPORT.format(n), topics=topics) for n in range(5)])
        assert (sentence_scores(seen, scorer) == 0).all()

    def test_what_is_unknown_is_not_learned_from(self) -> None:
        odd = [article(99 + n, QUIET.format(n), unknown=frozenset(["flood"])) for n in range(3)]
        with_odd, without = self.fitted([*village(), *odd], rarest=99), self.fitted(village(), rarest=99)
        assert np.array_equal(with_odd[2].weights, without[2].weights)

    def test_doubt_weighs_less(self) -> None:
        doubted = [article(99 + n, REPORT.format(n), sure=False) for n in range(4)]
        bold, shy = (self.fitted([*village(), *doubted], rarest=99, unsure_weight=w) for w in (1.0, 0.05))
        assert shy[2].weights[0] > bold[2].weights[0]


class TestHoldingOut:
    def test_groups_stay_together_and_sentences_in_no_fold(self) -> None:
        trainer = TopicTrainer([*village(), single(99, "Lũ về.", "flood")], TopicConfig())
        fold = make_folds(trainer, 4)
        assert fold[-1] == -1
        assert set(fold[:-1].tolist()) == {0, 1, 2, 3}
        by_group: dict[str, set[int]] = {}
        for one, number in zip(trainer.articles[:-1], fold.tolist(), strict=False):
            by_group.setdefault(one.group, set()).add(number)
        assert all(len(folds) == 1 for folds in by_group.values())

    def test_a_held_out_group_is_never_trained_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        articles = [*village(), single(98, "Lũ về.", "flood", group="nhóm 3"), single(99, "Chợ vắng.")]
        articles[5] = article(5, "Lũ rút.", unknown=frozenset(["flood"]))
        trainer, trained = TopicTrainer(articles, TopicConfig()), []
        fit = TopicTrainer.fit

        def recorded(self: TopicTrainer, seen: Any, carried: Any, chosen: Any) -> Scorer:
            trained.append({articles[place].group for place in np.flatnonzero(chosen)})
            assert not chosen[5]
            return fit(self, seen, carried, chosen)

        monkeypatch.setattr(TopicTrainer, "fit", recorded)
        fold = make_folds(trainer, 3)
        found, _ = cross_validate(trainer, "flood", trainer.design(FLOOD)[1], fold)
        assert len(trained) == 3
        for number, groups in enumerate(trained):
            out = {articles[place].group for place in np.flatnonzero(fold == number)}
            assert not groups & out
            assert groups | out == {one.group for one in articles}
            assert "nhóm 99" in groups
        assert sorted(found.article.tolist()) == [place for place in range(24) if place != 5]

    def test_truth_and_sureness_are_the_articles_own(self) -> None:
        articles = [one if n else article(0, "Lũ về.", topics=["flood"], sure=False) for n, one in enumerate(village())]
        trainer = TopicTrainer(articles, TopicConfig())
        found, judge = cross_validate(trainer, "flood", trainer.design(FLOOD)[1], make_folds(trainer, 3))
        assert found.truth.tolist() == ["flood" in one.topics for one in articles]
        assert found.sure.tolist() == [one.sure for one in articles]
        assert ((found.probability >= 0) & (found.probability <= 1)).all()
        assert judge.weights.shape == (SIGNS,)

    def test_one_positive_group_is_scored_without_a_judge(self) -> None:
        articles = [article(n, QUIET.format(n), topics=["flood"] * (n < 3), group=f"g{max(n, 2)}") for n in range(9)]
        trainer = TopicTrainer(articles, TopicConfig())
        found, _ = cross_validate(trainer, "flood", trainer.design(FLOOD)[1], make_folds(trainer, 3))
        assert len(found.article) == 9


class TestJudging:
    def test_a_sign_on_which_all_agree_weighs_next_to_nothing(self) -> None:
        """Else an article of another length would be judged by its length alone."""
        random, count = np.random.default_rng(0), 101
        truth = random.random(count) < 0.3
        same = np.full(count, FLOOR)
        signs = np.column_stack([random.normal(size=count) + 3 * truth, same, same, np.full(count, np.log(7))])
        judge = fit_judge(TopicTrainer([], TopicConfig()), signs, truth, np.ones(count, dtype=bool))
        assert judge.weights[0] > 0.5
        assert np.abs(judge.weights[1:]).max() < 1e-3
        assert ((judge.probabilities(signs) >= judge.threshold) == truth).mean() > 0.85

    def test_one_class_leaves_the_strongest_sentence_as_it_stands(self) -> None:
        signs = np.array([[2.0, 0, 0, 1], [-2.0, 0, 0, 1]])
        judge = fit_judge(TopicTrainer([], TopicConfig()), signs, np.ones(2, dtype=bool), np.ones(2, dtype=bool))
        assert judge is AS_IT_STANDS
        assert judge.probabilities(signs).tolist() == pytest.approx([0.880797, 0.119203])

    def test_the_threshold_parts_what_can_be_parted(self) -> None:
        probability = np.array([0.95, 0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.05] * 5)
        found = best_threshold(probability, probability > 0.5, np.ones(40), TopicConfig())
        assert 0.3 < found < 0.7
        assert found == best_threshold(probability, probability > 0.5, np.ones(40), TopicConfig())

    @pytest.mark.parametrize("target", [0.7, 0.9])
    def test_a_threshold_keeps_the_precision_or_the_recall_that_is_asked_for(self, target: float) -> None:
        random = np.random.default_rng(0)
        probability = random.beta(0.5, 1, 8_000)
        truth, weight = random.random(8_000) < probability, np.ones(8_000)

        def reached(**target: Any) -> tuple[float, float]:
            half = slice(0, 4_000)
            chosen = best_threshold(probability[half], truth[half], weight[half], TopicConfig(**target))
            taken, right = probability[4_000:] >= chosen, truth[4_000:]
            return (taken & right).sum() / taken.sum(), (taken & right).sum() / right.sum()

        assert reached(target_precision=target)[0] == pytest.approx(target, abs=0.03)
        assert reached(target_recall=target)[1] == pytest.approx(target, abs=0.03)

    def test_a_precision_that_no_threshold_has(self) -> None:
        probability = np.repeat([0.9, 0.8, 0.1], 20)
        truth = np.repeat([False, True, False], 20)
        found = best_threshold(probability, truth, np.ones(60), TopicConfig(target_precision=0.95))
        assert 0.1 < found < 0.9

    @pytest.mark.parametrize(("positives", "negatives", "wanted"), [(15, 15, True), (14, 80, False), (80, 14, False)])
    def test_enough(self, positives: int, negatives: int, wanted: bool) -> None:
        assert enough([True] * positives + [False] * negatives, 15) is wanted


class TestOurExamples:
    def test_topics_are_recognised_in_the_half_that_was_held_out(self) -> None:
        found = example_scores(1)
        assert found.articles == 97
        assert found.macro_f1.value > 0.65
        assert min(figures["average_precision"].value for figures in found.topics.values()) > 0.55

    def test_the_same_seed_gives_the_same_numbers(self) -> None:
        found = example_scores(1)
        example_scores.cache_clear()
        assert repr(example_scores(1)) == repr(found)
