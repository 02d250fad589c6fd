"""The topic model: what articles are about, which of their lines say so, and why."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.topics.design import GROUP, PHRASE, RULE, Rule, Rules
from locbao.predict.topics.topic_model import (
    Judgement,
    TopicModel,
    UnknownTopic,
    check_thresholds,
    packed_rules,
    unpacked_rules,
)

RULES = Rules(
    {"drug": ("ma túy", "heroin"), "catch": ("bắt", "thu giữ")}, (Rule("yes", ("drug", "catch")),), ("medtop:20000096",)
)
QUIET = "Trời rét đậm, chợ phiên vẫn đông người."
MENTION = "Ông kể về thời người ta nói nhiều tới ma túy."
REPORT = "Công an bắt hai người, thu giữ 3 bánh heroin."
LINES = st.lists(st.sampled_from([QUIET, MENTION, REPORT, "", "…", f"{QUIET} {REPORT}", "asean"]), max_size=6)


def part(**changes: Any) -> dict[str, Any]:
    """A topic that knows the phrase `bánh heroin`, two groups and a rule, with weights that are easy to add up."""
    return {
        "phrases": "bánh heroin\nchợ phiên",
        **packed_rules(RULES),
        "weights": np.array([10, -10, 1, 1, 4], dtype=np.float32),
        "intercept": -3.0,
        "article": [1.0, 0.0, 0.0, 0.0],
        "article_intercept": 0.0,
        "threshold": 0.5,
    } | changes


def model(**changes: Any) -> TopicModel:
    return TopicModel({"tokens": "syllables", "topics": {"drug_crime": part(**changes)}})


def judged(*lines: str) -> Judgement:
    return next(model().judge([lines]))


REPORT_SCORE = 10 * PHRASE + 2 * GROUP + 4 * RULE - 3
QUIET_SCORE = -10 * PHRASE - 3
MENTION_SCORE = GROUP - 3


class TestLines:
    @pytest.mark.parametrize(
        ("text", "score"), [(REPORT, REPORT_SCORE), (QUIET, QUIET_SCORE), (MENTION, MENTION_SCORE), ("", -3.0)]
    )
    def test_log_odds_are_those_of_what_stands_there(self, text: str, score: float) -> None:
        assert model().explain(text, "drug_crime")[0] == pytest.approx(score)

    def test_the_strongest_sentence_speaks_for_its_line(self) -> None:
        assert model().explain(f"{QUIET} {REPORT} {MENTION}", "drug_crime")[0] == pytest.approx(REPORT_SCORE)

    def test_reasons_are_those_of_that_sentence_and_add_up(self) -> None:
        _, reasons = model().explain(f"{QUIET} {REPORT}", "drug_crime")
        assert {name for name, _, _ in reasons} == {
            "bánh heroin", "one of drug", "one of catch", "rule for yes: drug + catch"
        }  # fmt: skip
        assert sum(weight for _, _, weight in reasons) - 3 == pytest.approx(REPORT_SCORE)
        assert model().explain("", "drug_crime") == (-3.0, [])

    def test_an_unknown_topic(self) -> None:
        with pytest.raises(KeyError):
            model().explain(REPORT, "flood")


class TestArticles:
    def test_an_article_with_a_report_carries_the_topic(self) -> None:
        found = judged(QUIET, MENTION, REPORT)
        probability = 1 / (1 + np.exp(-REPORT_SCORE))
        assert found.scores == found.carried == {"drug_crime": pytest.approx(probability)}
        assert found.evidence == {"drug_crime": (2,)}

    def test_a_mention_is_not_enough(self) -> None:
        found = judged(QUIET, MENTION, MENTION, MENTION)
        assert 0 < found.scores["drug_crime"] < 0.5
        assert (found.carried, found.evidence) == ({}, {})

    def test_evidence_is_strongest_first_each_line_once_and_not_too_many(self) -> None:
        stronger = REPORT.replace("3 bánh heroin", "3 bánh heroin trong 5 bánh heroin giả")
        assert judged(REPORT, stronger, f"{REPORT} {REPORT}").evidence["drug_crime"] == (1, 0, 2)
        assert len(judged(*[REPORT] * 9).evidence["drug_crime"]) == 3

    def test_sentences_are_strongest_first_and_lie_in_the_lines_of_evidence(self) -> None:
        stronger = REPORT.replace("3 bánh heroin", "3 bánh heroin trong 5 bánh heroin giả")
        found = judged("", f"{QUIET} {REPORT} {QUIET}", f"{REPORT} {stronger}")
        assert found.sentences == {"drug_crime": ((2, 1), (1, 1), (2, 0))}
        assert found.evidence == {"drug_crime": (2, 1)}
        weak = next(model(threshold=0.01).judge([[QUIET, f"{QUIET} {MENTION}"]]))
        assert weak.sentences == {"drug_crime": ((1, 1),)}

    def test_where_the_threshold_is_low_the_best_line_is_evidence_though_weak(self) -> None:
        found = next(model(threshold=0.01).judge([[QUIET, MENTION]]))
        assert found.evidence == {"drug_crime": (1,)}

    def test_a_chosen_threshold_stands_in_for_that_of_the_training(self) -> None:
        articles = [[QUIET, MENTION], [REPORT]]
        chosen = [list(one.carried) for one in model().judge(articles, {"drug_crime": 0.01})]
        assert chosen == [["drug_crime"], ["drug_crime"]]
        assert not any(one.carried for one in model().judge(articles, {"drug_crime": 1.0}))

    @pytest.mark.parametrize("lines", [(), ("", ""), ("…",)])
    def test_no_words_no_topic(self, lines: tuple[str, ...]) -> None:
        found = next(model(threshold=0.1).judge([lines]))
        assert (found.carried, found.evidence) == ({}, {})
        assert found.scores["drug_crime"] < 0.1

    @settings(max_examples=40, deadline=None)
    @given(st.lists(LINES, max_size=4))
    def test_articles_are_judged_apart(self, articles: list[list[str]]) -> None:
        together = list(model().judge(articles))
        assert together == [next(model().judge([article])) for article in articles]
        for found, article in zip(together, articles, strict=True):
            assert found.evidence.keys() == found.carried.keys() <= found.scores.keys()
            assert all(0 <= place < len(article) for places in found.evidence.values() for place in places)

    @settings(max_examples=40, deadline=None)
    @given(LINES)
    def test_evidence_falls_in_strength(self, lines: list[str]) -> None:
        for places in judged(*lines).evidence.values():
            scores = [model().explain(lines[place], "drug_crime")[0] for place in places]
            assert all(before >= after for before, after in pairwise(scores))


def test_thresholds_that_cannot_be_meant() -> None:
    check_thresholds({"drug_crime": 0, "asean": 1.0}, ("asean", "drug_crime"))
    with pytest.raises(UnknownTopic, match=r"no topic 'drugs'\. It has: asean, drug_crime\."):
        check_thresholds({"drugs": 0.5}, ("asean", "drug_crime"))
    with pytest.raises(TypeError, match=r'thresholds are a dict, such as {"asean": 0.5}, not list'):
        check_thresholds([("asean", 0.5)], ("asean",))  # type: ignore[arg-type]
    for value in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValueError, match="threshold of asean must be a probability, from 0 to 1, not"):
            check_thresholds({"asean": value}, ("asean",))


def test_topics_are_independent() -> None:
    two = TopicModel({"tokens": "syllables", "topics": {"a": part(), "b": part(intercept=-99.0)}})
    found = next(two.judge([[REPORT]]))
    assert (list(found.scores), list(found.carried)) == (["a", "b"], ["a"])


def test_topics_are_kept_apart_whatever_they_and_their_groups_are_named() -> None:
    """`a: b` with a group `drug`, `a` with a group `b: drug`."""
    words = {f"b: {name}": phrases for name, phrases in RULES.words.items()}
    named = part(**packed_rules(Rules(words, (Rule("yes", ("b: drug", "b: catch")),))))
    scores = next(TopicModel({"tokens": "syllables", "topics": {"a: b": part(), "a": named}}).judge([[REPORT]])).scores
    assert scores["a: b"] == scores["a"] == judged(REPORT).scores["drug_crime"]


def test_a_topic_without_phrases_or_rules() -> None:
    bare = model(phrases="", **packed_rules(Rules()), weights=np.empty(0, dtype=np.float32))
    assert bare.explain(REPORT, "drug_crime") == (-3.0, [])


def test_a_model_without_topics_says_nothing() -> None:
    [judgement] = TopicModel({"tokens": "both", "topics": {}}).judge([[REPORT]])
    assert (judgement.scores, judgement.carried) == ({}, {})


def test_rules_come_back_as_they_were() -> None:
    assert unpacked_rules(packed_rules(RULES)) == RULES
    assert unpacked_rules(packed_rules(Rules())) == Rules()


def test_words_where_the_model_is_made_of_them() -> None:
    topic = part(phrases="biên_phòng", weights=np.array([10], dtype=np.float32), **packed_rules(Rules()))
    for tokens in ("words", "both"):
        of_words = TopicModel({"tokens": tokens, "topics": {"border": topic}})
        score, reasons = of_words.explain("Bộ đội biên phòng thu lưới.", "border")
        assert score == pytest.approx(10 * PHRASE - 3)
        assert reasons[0][0] == "biên_phòng"
        assert of_words.explain("Biên soạn, phòng khách.", "border")[0] == -3.0


def test_a_word_of_several_syllables_is_one_reason_with_what_they_add_in_it() -> None:
    weights = {"biên": 1, "biên phòng": 2, "biên_phòng": 4, "phòng": 8, "phòng thu": 16}
    topic = part(
        phrases="\n".join(weights), weights=np.array([*weights.values()], dtype=np.float32), **packed_rules(Rules())
    )
    of_words = TopicModel({"tokens": "both", "topics": {"border": topic}})
    score, reasons = of_words.explain("Bộ đội biên phòng thu lưới.", "border")
    assert {name: weight for name, _, weight in reasons} == pytest.approx(
        {"biên_phòng": 15 * PHRASE, "phòng thu": 16 * PHRASE}
    )
    assert score == pytest.approx(sum(weight for *_, weight in reasons) - 3)
    score, reasons = of_words.explain("Bộ đội biên phòng ở biên.", "border")  # a syllable of its own stays one
    assert {name: (value, weight) for name, value, weight in reasons} == {
        "biên_phòng": pytest.approx((PHRASE, 15 * PHRASE)), "biên": pytest.approx((PHRASE, PHRASE))
    }  # fmt: skip
    assert score == pytest.approx(sum(weight for *_, weight in reasons) - 3)
