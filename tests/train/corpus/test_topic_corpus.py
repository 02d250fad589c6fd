"""Topic corpora: what a row may say, what is answered where it may not, and the example corpus."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from locbao.features.text import normalise
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES, TopicArticle, read_topic_corpus, title_key

EXAMPLES = sorted(TOPIC_EXAMPLES.glob("*.jsonl"))
ROW = {"id": "tin-1", "title": "Cầu mới ở Nà Luông", "body": ["Bà con góp gỗ dựng cầu."], "topics": []}


def corpus(folder: Path, *rows: dict[str, Any] | str, name: str = "c.jsonl") -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def read(folder: Path, **changes: Any) -> TopicArticle:
    """The article of ROW with these values; None leaves a key out."""
    row = {key: value for key, value in (ROW | changes).items() if value is not None}
    (article,) = read_topic_corpus([corpus(folder, row)])
    return article


def raw_examples() -> list[dict[str, Any]]:
    return [json.loads(line) for path in EXAMPLES for line in path.read_text(encoding="utf-8").splitlines()]


class TestRows:
    def test_headline_lead_and_body_in_sentences(self, tmp_path: Path) -> None:
        article = read(
            tmp_path,
            lead="Sau mùa lũ, lối qua suối đã nối lại. Đò nghỉ từ hôm qua.",
            body=["Bà con góp gỗ dựng cầu.", " ", "Cầu dài 30 m&nbsp;bắc qua suối Hoà."],
            topics=["flood"],
            unknown=["asean"],
        )
        assert article == TopicArticle(
            id="tin-1",
            group="cầu mới ở nà luông",
            sentences=(
                "Cầu mới ở Nà Luông",
                "Sau mùa lũ, lối qua suối đã nối lại.",
                "Đò nghỉ từ hôm qua.",
                "Bà con góp gỗ dựng cầu.",
                "Cầu dài 30 m bắc qua suối Hòa.",
            ),
            topics=frozenset(["flood"]),
            unknown=frozenset(["asean"]),
            sure=True,
            is_article=True,
            source=f"{tmp_path / 'c.jsonl'}:1",
        )

    def test_text_instead_of_body(self, tmp_path: Path) -> None:
        article = read(tmp_path, title=None, body=None, text="Cầu mới ở Nà Luông\r\n\r\nBà con góp gỗ dựng cầu.")
        assert article.sentences == ("Cầu mới ở Nà Luông", "Bà con góp gỗ dựng cầu.")
        assert article.group == "tin-1"

    def test_a_single_sentence_is_no_article_and_stays_whole(self, tmp_path: Path) -> None:
        text = "Đồn Na Hốc lập chốt trên đường mòn. Hai người bị bắt."
        article = read(tmp_path, title=None, body=None, sentence=text, topics=["border_security"])
        assert (article.sentences, article.is_article) == ((text,), False)

    @pytest.mark.parametrize(("sure", "wanted"), [(True, True), (False, False), (None, True)])
    def test_sureness(self, tmp_path: Path, sure: bool | None, wanted: bool) -> None:
        assert read(tmp_path, sure=sure).sure is wanted

    def test_a_headline_alone_will_do(self, tmp_path: Path) -> None:
        assert read(tmp_path, body=None).sentences == ("Cầu mới ở Nà Luông",)


class TestGroups:
    def test_equal_titles_share_one_however_they_are_set(self) -> None:
        assert title_key("  “Hoà Bình”: CẦU mới – 2 nhịp!") == title_key("Hòa Bình, cầu mới 2 nhịp")
        assert title_key("Cầu 2 nhịp") != title_key("Cầu 3 nhịp")

    def test_a_group_of_its_own_goes_before_the_title(self, tmp_path: Path) -> None:
        assert read(tmp_path, group="Vụ cầu Nà Luông").group == "Vụ cầu Nà Luông"

    def test_without_either_the_id(self, tmp_path: Path) -> None:
        assert read(tmp_path, title="“…”").group == "tin-1"


class TestFaults:
    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"id": None}, 'no "id". Add "id"'),
            ({"id": ""}, 'no "id"'),
            ({"id": 7}, 'no "id"'),
            ({"title": ["Cầu"]}, '"title" is not a text'),
            ({"title": 0}, '"title" is not a text'),
            ({"lead": 3}, '"lead" is not a text'),
            ({"group": 3}, '"group" is not a text'),
            ({"body": None, "text": ["Cầu"]}, '"text" is not a text'),
            ({"body": "Cầu"}, '"body" is not a list of texts'),
            ({"body": ["Cầu", None]}, '"body" is not a list of texts'),
            ({"title": None, "body": []}, "no text. Add"),
            ({"title": None, "body": [" ", "&nbsp;", "\u200b"]}, "no text"),
            ({"title": None, "body": None}, "no text"),
            ({"title": None, "body": None, "sentence": " "}, "no text"),
            ({"topics": None}, '"topics" is no list of topics'),
            ({"topics": "asean"}, '"topics" is no list of topics'),
            ({"topics": [1]}, '"topics" is no list of topics'),
            ({"topics": [""]}, '"topics" is no list of topics'),
            ({"topics": ["mưa\nlũ"]}, '"topics" is no list of topics'),
            ({"topics": ["lũ " * 70]}, '"topics" is no list of topics'),
            ({"unknown": "asean"}, '"unknown" is no list of topics'),
            ({"sure": "false"}, "\"sure\" is 'false'"),
            ({"topics": ["asean"], "unknown": ["asean"]}, "'asean' is both carried and unknown"),
        ],
    )
    def test_rows(self, tmp_path: Path, changes: dict[str, Any], told: str) -> None:
        with pytest.raises(CorpusError) as caught:
            read(tmp_path, **changes)
        assert str(caught.value).startswith(f"{tmp_path / 'c.jsonl'}:1: {told}")
        assert str(caught.value).endswith(".")

    def test_an_id_that_stands_twice_names_both_places(self, tmp_path: Path) -> None:
        one, two = corpus(tmp_path, ROW), corpus(tmp_path, ROW | {"id": "tin-2"}, "", ROW, name="d.jsonl")
        with pytest.raises(CorpusError) as caught:
            read_topic_corpus([one, two])
        assert str(caught.value).startswith(f"{two}:3: id 'tin-1' stands already at {one}:1")

    @pytest.mark.parametrize(
        ("rows", "told"),
        [((), "no row"), (("[]",), "not an object"), (("{",), "not JSON"), (("7",), "not an object")],
    )
    def test_files(self, tmp_path: Path, rows: tuple[str, ...], told: str) -> None:
        with pytest.raises(CorpusError, match=told):
            read_topic_corpus([corpus(tmp_path, *rows)])

    def test_files_that_are_none(self, tmp_path: Path) -> None:
        (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xff"}')
        for name, told in (("none.jsonl", "cannot be read"), ("latin.jsonl", "not UTF-8")):
            with pytest.raises(CorpusError, match=told):
                read_topic_corpus([tmp_path / name])

    def test_packed_files_too(self, tmp_path: Path) -> None:
        path = tmp_path / "c.jsonl.gz"
        path.write_bytes(gzip.compress(json.dumps(ROW).encode()))
        assert [article.id for article in read_topic_corpus([path])] == ["tin-1"]


class TestExamples:
    def test_all_load_and_each_topic_has_its_share(self) -> None:
        articles = read_topic_corpus(EXAMPLES)
        assert len({article.group for article in articles}) == len(articles) >= 40
        topics = [topic for article in articles for topic in article.topics]
        assert set(topics) == {"asean", "border_security", "drug_crime"}
        assert min(map(topics.count, set(topics))) >= 15
        assert sum(not article.topics for article in articles) >= 30

    def test_evidence_is_named_for_every_topic_and_stands_in_the_body(self) -> None:
        for row in raw_examples():
            assert set(row["evidence"]) == set(row["topics"]), row["id"]
            for places in row["evidence"].values():
                assert places, row["id"]
                assert places == sorted(set(places))
                assert 0 <= places[0] <= places[-1] < len(row["body"])

    def test_no_paragraph_stands_twice(self) -> None:
        body = [normalise(text) for row in raw_examples() for text in row["body"]]
        assert len(set(body)) == len(body)
