"""The studies of topics: on the example articles, and on a few that are made up."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.result_files import finished
from locbao.experiments.studies.topics import own_topics, topic_eras, topic_furniture, topic_pages, topic_peers
from locbao.experiments.studies.topics.topic_eras import EVERYTHING, OTHER, RATES, compare_eras, era_table, f1_draws
from locbao.experiments.studies.topics.topic_peers import contender_table, contenders, keyword_counts, tf_idf
from locbao.predict.load import load
from locbao.train.composer.sources import read_sources
from locbao.train.corpus.corpus_files import CorpusError, write_rows
from locbao.train.corpus.labelled_pages import Headline
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.topic_scores import HeldOut, score_topics
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.rules import read_rules
from tests.support.tables import cells
from tests.support.training import TWO_SITES

QUICK = TopicConfig(folds=2, rounds=1, phrase=1)


@pytest.fixture(scope="module")
def articles() -> list[TopicArticle]:
    return read_topic_corpus(topic_files([]))


def held_out(truth: list[int], predicted: list[int]) -> HeldOut:
    positive = np.array(predicted, dtype=bool)
    return HeldOut(
        np.arange(len(truth)), np.array(truth, dtype=bool), np.arange(len(truth)) < 3, positive * 0.9, positive
    )


class TestEras:
    def test_what_is_lost_is_against_the_same_draws(self) -> None:
        whole, other = {"lũ": held_out([1, 1, 0, 1], [1, 1, 0, 0])}, {"lũ": held_out([1, 1, 0, 1], [1, 0, 0, 1])}
        [draws] = f1_draws([whole], sure_only=False).values()
        assert draws[0] == pytest.approx(0.8)
        assert f1_draws([whole], sure_only=True)["lũ"][0] == pytest.approx(1)
        assert f1_draws([whole, other], sure_only=True)["lũ"][0] == pytest.approx((1 + 2 / 3) / 2)
        header, _, *rows = cells(era_table({EVERYTHING: [whole], OTHER: [other]}, sure_only=True))
        assert header == ["learned from", "mean F1", "lost", "F1 lũ", "mean average precision"]
        assert [row[0] for row in rows] == [EVERYTHING, OTHER]
        assert (rows[0][2], rows[1][2].split()[0], rows[1][3]) == ("", "0.333", "0.667")

    @pytest.mark.slow
    def test_models_of_one_era_judge_the_other(self, tmp_path: Path) -> None:
        corpus = tmp_path / "articles.jsonl"
        rows = [row for path in topic_files([]) for row in finished(path)]
        write_rows(corpus, ({**row, "origin": topic_eras.ERAS[number % 2]} for number, row in enumerate(rows)))
        text = compare_eras([corpus], [QUICK])
        assert [line.split(",")[0] for line in text.splitlines() if line.startswith("##")] == [
            "## vietnews", "## vietnews", "## vietnews", "## diata", "## diata", "## diata",
        ]  # fmt: skip
        assert text.count(f"| {RATES} ") == 4
        assert text.count(f"| {EVERYTHING}") == text.count(f"| {OTHER}  ") == 4

    def test_articles_without_an_origin(self) -> None:
        with pytest.raises(CorpusError, match=r"no article with the origin 'diata'.*Give each row"):
            compare_eras(topic_files([]), [QUICK])


class TestOwnTopics:
    @pytest.mark.slow
    def test_a_few_articles_are_learned_from_and_the_others_judged(self, tmp_path: Path) -> None:
        texts = ["Nhóm lừa đảo gọi qua mạng, chiếm đoạt {} triệu đồng.", "Chợ phiên bản {} họp sớm."]
        articles = [{"id": "x", "title": f"Tin {n}", "body": [texts[n % 2].format(n)]} for n in range(12)]
        write_rows(tmp_path / "articles.jsonl", articles)
        topics = [*read_rules(own_topics.RULES)]
        labels = {
            own_topics.digest(article): {"drawn_for": topics[n % 4 // 2]} | dict.fromkeys(topics, "01"[n % 2 == 0])
            for n, article in enumerate(articles)
        }
        corpus = own_topics.corpus_rows(tmp_path / "articles.jsonl", labels, "cyber_fraud")
        assert [row["topics"] for row in corpus] == [["cyber_fraud"], []] * 6
        own = [label["drawn_for"] == "cyber_fraud" for label in labels.values()]
        chosen = own_topics.drawn(corpus, own, 4, seed=1)
        assert chosen.sum() == (chosen & own).sum() == 4
        figures = own_topics.figures(corpus, own, chosen, own_topics.RULES)
        assert figures["F1"] == figures["average precision"] == figures["F1, all articles read"] == 1
        with pytest.raises(CorpusError, match="1 of the labelled articles"):
            own_topics.corpus_rows(tmp_path / "articles.jsonl", {**labels, "0" * 16: {}}, "cyber_fraud")


class TestPeers:
    def test_keywords_are_counted_longest_first(self, articles: list[TopicArticle]) -> None:
        one = replace(articles[0], sentences=("Asean họp về biên giới, ở Biên giới.", "Cần sa và ma túy; masan."))
        trainer = TopicTrainer([one], QUICK)
        counts = {topic: keyword_counts(trainer, topic).tolist() for topic in topic_peers.KEYWORDS}
        assert counts == {"asean": [1], "border_security": [2], "drug_crime": [2]}

    def test_tf_idf_tells_texts_apart(self) -> None:
        texts = ["lũ về bản"] * 4 + ["chợ xuân vui"] * 4
        scores = tf_idf(1, texts, np.arange(8) < 4, np.ones(8), ["lũ lớn", "chợ phiên"])
        assert scores[0] > 0.5 > scores[1]

    @pytest.mark.slow
    def test_every_contender_judges_every_article(self, articles: list[TopicArticle]) -> None:
        judged = contenders(TopicTrainer(articles, QUICK))
        assert {len(one.truth) for topics in judged.values() for one in topics.values()} == {len(articles)}
        scores = {name: score_topics(topics, sure_only=False) for name, topics in judged.items()}
        assert scores["locbao"].macro_f1.value > 0.5
        assert [row[0] for row in cells(contender_table(scores))[2:]] == list(judged)
        assert len(judged) == 12


class TestPages:
    def test_false_topics_of_furniture_are_counted(self) -> None:
        sources = read_sources(TWO_SITES, [])
        asean = Headline(
            "ASEAN họp bàn về Biển Đông", "Các nước ASEAN nhóm họp tại Hà Nội, Hiệp hội ra tuyên bố chung.", ""
        )
        text = topic_pages.measure(load(), replace(sources, headlines=(asean,) * 20), 12)
        head, table = text.split("\n\n")
        assert head.startswith("12 composed pages whose furniture holds 20 headlines about the topics")
        rows = {(row[0], row[1]): [int(cell) for cell in row[2:]] for row in cells(table)[2:]}
        assert {name for _, name in rows} == {"all lines", "body lines"}
        assert rows["asean", "all lines"][1] >= rows["asean", "body lines"][1]


class TestFurniture:
    def test_it_gives_far_fewer_topics_than_there_are_lines_of_it(self) -> None:
        text = topic_furniture.measure(load(), 30)
        quiet, telling = (part for part in text.split("## ") if "False topics on" in part)
        numbers = [[int(one) for one in re.findall(r"\d+", part.split("\n\n")[1])] for part in (quiet, telling)]
        (false, would, carried, missed), (_, _, carried_there, missed_there) = numbers
        assert (carried, missed) == (0, 0)
        assert 4 * false <= would
        assert 10 * missed_there <= carried_there
        rows = {row[0]: [int(cell) for cell in row[1:]] for row in cells(quiet.split("\n\n")[2])[2:]}
        assert list(rows) == list(topic_furniture.KINDS)
        assert all(4 * body < lines for kind, (lines, body, _) in rows.items() if kind != "article")
