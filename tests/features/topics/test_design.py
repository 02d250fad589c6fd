"""What a topic model sees of a sentence: phrases, groups, and the rules over them; and of an article."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.topics.design import FLOOR, GROUP, PHRASE, RULE, SIGNS, Rule, Rules, TopicDesign, article_signs
from locbao.features.topics.phrases import Phrases

RULES = Rules(
    words={"drug": ("ma túy", "heroin"), "catch": ("bắt", "thu giữ"), "screen": ("phim", "bắt")},
    rules=(
        Rule("yes", ("drug", "catch"), ("screen",)),
        Rule("yes", ("drug",)),
        Rule("no", ("screen",), ("drug", "catch")),
    ),
)
KNOWN = ("bắt", "bánh heroin", "ma túy đá", "thu giữ")
WORDS = st.sampled_from("bắt ma túy đá bánh heroin thu giữ phim trâu 7 , .".split())
SENTENCES = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=5)


def seen(sentence: str, known: tuple[str, ...] = KNOWN, rules: Rules = RULES) -> dict[str, float]:
    """The columns of a sentence that are not zero, by name."""
    design = TopicDesign(known, rules)
    row = design.columns(Phrases.of([sentence], 4)).matrix().toarray()[0].tolist()
    return {name: round(value, 6) for name, value in zip(design.names, row, strict=True) if value}


def test_phrases_are_counted_groups_are_not() -> None:
    assert seen("Thu giữ heroin, ma túy đá, ma túy đá.") == {
        "ma túy đá": round(2 * PHRASE, 6),
        "thu giữ": PHRASE,
        "one of drug": GROUP,
        "one of catch": GROUP,
        "rule for yes: drug + catch but not screen": RULE,
        "rule for yes: drug": RULE,
    }


def test_an_exception_silences_a_rule() -> None:
    assert seen("Phim về vụ thu giữ ma túy", ()) == {
        "one of drug": GROUP,
        "one of catch": GROUP,
        "one of screen": GROUP,
        "rule for yes: drug": RULE,
    }


def test_a_phrase_may_stand_in_two_groups() -> None:
    assert seen("Bắt trâu", ()) == {"one of catch": GROUP, "one of screen": GROUP}
    assert seen("Xem phim", ()) == {"one of screen": GROUP, "rule for no: screen but not drug, catch": RULE}


def test_a_sentence_without_any_sign_is_silent() -> None:
    assert seen("Trời rét, trâu đứng im.") == seen("") == {}


def test_words_are_known_as_words() -> None:
    design = TopicDesign(["biên_phòng", "bộ_đội biên_phòng", "biên phòng", "đội", "thu"], Rules())
    for tokens, known in {"words": [0, 1, 4], "syllables": [2, 3, 4], "both": [0, 1, 2, 3, 4]}.items():
        row = design.columns(Phrases.of(["Bộ đội biên phòng thu lưới."], 4, tokens)).matrix().toarray()[0]
        assert np.flatnonzero(row).tolist() == known


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from([KNOWN, ()]), st.sampled_from([RULES, Rules(), Rules(RULES.words)]))
def test_scores_are_the_matrix_times_the_weights(sentences: list[str], known: tuple[str, ...], rules: Rules) -> None:
    design, phrases = TopicDesign(known, rules), Phrases.of(sentences, 4)
    weights = np.random.default_rng(design.width).normal(size=design.width)
    columns = design.columns(phrases)
    assert columns.matrix().shape == (len(sentences), design.width)
    assert np.allclose(columns.matrix() @ weights, columns.scores(weights[:, None])[:, 0], atol=1e-6)


class TestArticles:
    def test_strongest_first_then_how_many(self) -> None:
        signs = article_signs(np.array([1.0, 5, 2, 3, -9]), np.array([0, 0, 0, 0, 2]), 3)
        assert signs[:, :-1].tolist() == [[5, 3, 2], [FLOOR, FLOOR, FLOOR], [FLOOR, FLOOR, FLOOR]]
        assert np.allclose(signs[:, -1], np.log([5, 1, 2]))

    def test_no_articles(self) -> None:
        assert article_signs(np.empty(0), np.empty(0, dtype=np.int64), 0).shape == (0, SIGNS)

    @given(st.lists(st.lists(st.floats(-20, 20), max_size=6), max_size=5))
    def test_the_order_of_sentences_does_not_matter(self, articles: list[list[float]]) -> None:
        owner = np.arange(len(articles)).repeat([len(article) for article in articles])
        ways = [
            np.array([score for article in articles for score in order(article)], dtype=np.float64)
            for order in (list, sorted)
        ]
        one, other = (article_signs(scores, owner, len(articles)) for scores in ways)
        assert np.array_equal(one, other)
        assert (np.diff(one[:, :-1], axis=1) <= 0).all()
        best = [max([FLOOR, *article]) for article in articles]
        assert one[:, 0].tolist() == pytest.approx(best)
