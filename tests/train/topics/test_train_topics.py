"""`locbao train topics` from files to topics in a model, and what it says of files that it cannot use."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from locbao.predict.load import load
from locbao.predict.store.folder import read
from locbao.predict.store.schema import MAX_TOPICS
from locbao.predict.topics.topic_model import UnknownTopic
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES
from tests.support.command import Done, locbao
from tests.support.tables import cells
from tests.support.training import Training, contents, refused
from tests.train.articles import FLOOD, QUIET, TOPICS, floods, row, written

RULES = 'iptc = ["medtop:20000096"]\n\n[words]\nwater = "lũ, ngập lụt"\nfair = "chợ phiên"\n\n[[rules]]\nsays = "yes"\n'
RULES += 'when = ["water"]\nunless = ["fair"]\n'

Train = Callable[..., Done]


@pytest.fixture
def train(trained: Training, tmp_path: Path) -> Train:
    """Trains topics into the folder `model`; `config` is the text of the settings."""

    def run(
        *arguments: object, config: str = "folds = 2\n", output: str = "model", base: Path | str | None = None
    ) -> Done:
        (tmp_path / "quick.toml").write_text(config, encoding="utf-8")
        options = ["--no-track", "--config", tmp_path / "quick.toml", "-o", tmp_path / output]
        return locbao("train", "topics", *options, "--base", base or trained.folder, *arguments)

    return run


def values(part: dict[str, Any]) -> dict[str, Any]:
    """A topic's part with its array as bytes, to be compared."""
    return {key: value.tobytes() if isinstance(value, np.ndarray) else value for key, value in part.items()}


class TestOnTheExampleArticles:
    def test_what_is_printed(self, topical: tuple[Path, str]) -> None:
        folder, output = topical
        lines = output.splitlines()
        assert lines[0].startswith("read 9")
        assert "all articles: each article judged by a model that has not seen it" in lines
        assert {row[0] for row in cells(output)} >= {*TOPICS, "mean"}
        assert lines[-1].startswith(f"saved {folder} (")

    def test_the_folder_loads_and_finds_topics_with_their_evidence(self, topical: tuple[Path, str]) -> None:
        model = load(topical[0])
        assert model.topics == TOPICS
        article = json.loads((TOPIC_EXAMPLES / "drug_crime.jsonl").read_text(encoding="utf-8").splitlines()[0])
        page = model.label("\n\n".join([article["title"], article["lead"], *article["body"]]))
        assert list(page.topics) == [*page.evidence] == ["drug_crime"]
        first = page.evidence["drug_crime"][0]
        explanation = model.explain_topic(page, first, "drug_crime")
        assert (explanation.line, explanation.topic) == (first, "drug_crime")
        weights = [abs(reason.weight) for reason in explanation.reasons]
        assert weights == sorted(weights, reverse=True)
        assert explanation.score > model.explain_topic(page, first, "asean").score
        with pytest.raises(UnknownTopic, match=r"no topic 'flood'\. It has: asean, border_security, drug_crime"):
            model.explain_topic(page, first, "flood")

    def test_the_lines_stay_as_they_were(self, topical: tuple[Path, str], trained: Training) -> None:
        before, after = contents(trained.folder), contents(topical[0])
        assert after["lines.joblib"] == before["lines.joblib"]
        assert after.keys() - before.keys() == {"topics.joblib"}
        old, new = read(trained.folder).manifest, read(topical[0]).manifest
        for key in ("labels", "configuration", "data", "scores", "refit"):
            assert new[key] == old[key]

    def test_the_manifest_and_the_card_tell_of_the_topics(self, topical: tuple[Path, str]) -> None:
        stored = read(topical[0])
        assert tuple(stored.manifest["topics"]) == TOPICS
        for topic, entry in stored.manifest["topics"].items():
            assert 0 < entry["threshold"] < 1
            assert entry["refit"] == ["topics"]
            assert entry["configuration"]["tokens"] == "both"
            assert [data["file"] for data in entry["data"]] == sorted(p.name for p in TOPIC_EXAMPLES.glob("*.jsonl"))
            assert entry["scores"]["all articles"]["positives"] >= 15
            assert f"- `{topic}`: carried from a probability of {entry['threshold']:.2f} on" in stored.card
        assert stored.card.count("## Topics") == 1
        _, about, card = stored.card.split("---\n", 2)
        assert card.startswith("\n# small: a locbao line model")
        results = [json.loads(line[4:]) for line in about.splitlines() if line.startswith("  - ")]
        scored = {(row["task"]["name"], row["metrics"][0]["name"]) for row in results}
        assert scored == {("lines", "Macro F1"), *((topic, "F1") for topic in stored.manifest["topics"])}

    def test_the_same_data_and_settings_give_the_same_bytes(
        self, topical: tuple[Path, str], trained: Training, tmp_path: Path
    ) -> None:
        again = tmp_path / topical[0].name
        assert locbao("train", "topics", "--no-track", "--base", trained.folder, "-o", again).exit_code == 0
        assert contents(again) == contents(topical[0])


class TestOneTopicMore:
    def test_the_others_keep_every_value(self, topical: tuple[Path, str], train: Train, tmp_path: Path) -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "flood.toml").write_text(RULES, encoding="utf-8")
        done = train(floods(tmp_path, 20), "--topic", "flood", "--rules", tmp_path / "rules", base=topical[0])
        assert done.exit_code == 0, done.stderr
        before, after = read(topical[0]), read(tmp_path / "model")
        assert contents(tmp_path / "model")["lines.joblib"] == contents(topical[0])["lines.joblib"]
        old, new = before.parts["topics"]["topics"], after.parts["topics"]["topics"]
        assert list(new) == [*TOPICS, "flood"]
        assert all(values(new[topic]) == values(old[topic]) for topic in TOPICS)
        assert all(after.manifest["topics"][topic] == before.manifest["topics"][topic] for topic in TOPICS)
        assert after.manifest["topics"]["flood"]["iptc"] == ["medtop:20000096"]
        assert load(tmp_path / "model").explain_topic(FLOOD, 1, "flood").score > 0

    def test_the_model_of_the_output_folder_is_the_base_if_there_is_one(self, train: Train, tmp_path: Path) -> None:
        assert train(floods(tmp_path, 20)).exit_code == 0
        storms = written(tmp_path, *(row(n, FLOOD, "storm") for n in range(4)), row(9, QUIET), name="storms.jsonl")
        done = locbao("train", "topics", storms, "--no-track", "-o", tmp_path / "model")
        assert done.exit_code == 0, done.stderr
        assert load(tmp_path / "model").topics == ("flood", "storm")

    def test_the_base_may_be_the_model_that_comes_with_locbao(self, train: Train, tmp_path: Path) -> None:
        done = train(floods(tmp_path, 20), config="folds = 0\n", base="shipped")
        assert done.exit_code == 0, done.stderr
        assert load(tmp_path / "model").topics == (*load().topics, "flood")

    def test_a_topic_trained_again_is_replaced(self, train: Train, tmp_path: Path) -> None:
        corpus = floods(tmp_path, 20)
        for seed in (1, 2):
            assert train(corpus, "--seed", seed, base=tmp_path / "model" if seed == 2 else None).exit_code == 0
        manifest = read(tmp_path / "model").manifest
        assert list(manifest["topics"]) == ["flood"]
        assert manifest["topics"]["flood"]["configuration"]["seed"] == 2

    def test_rules_count_though_none_of_the_few_articles_speaks_their_words(self, train: Train, tmp_path: Path) -> None:
        (tmp_path / "rules").mkdir()
        rules = '[words]\nwater = "lũ, ngập lụt"\nharm = "cuốn trôi, sơ tán"\n\n[[rules]]\nsays = "yes"\n'
        (tmp_path / "rules" / "flood.toml").write_text(rules + 'when = ["water", "harm"]\n', encoding="utf-8")
        rise = "Nước sông lên nhanh, bản Nà {} mất điện."
        corpus = written(tmp_path, *(row(n, *([QUIET] if n > 2 else [rise, "flood"])) for n in range(14)))
        assert train(corpus, "--rules", tmp_path / "rules").exit_code == 0
        topics = load(tmp_path / "model").topic_model
        assert topics
        [judgement] = topics.judge([["Tin chiều", "Xã sơ tán bốn mươi hộ khỏi vùng ngập lụt."]])
        assert [*judgement.carried] == ["flood"]

    def test_a_topic_with_few_articles_says_so(self, train: Train, tmp_path: Path) -> None:
        done = train(floods(tmp_path, 3))
        assert done.exit_code == 0
        assert "flood: not scored" in done.stdout
        assert "3 articles with it and 3 without; 5 of each" in done.stdout
        assert "precision" not in done.stdout
        entry = read(tmp_path / "model").manifest["topics"]["flood"]
        assert entry["scores"] == {}
        assert "rate" not in entry

    def test_the_manifest_tells_the_target_of_the_threshold_and_how_many_articles_carry_the_topic(
        self, train: Train, tmp_path: Path
    ) -> None:
        assert train(floods(tmp_path, 20), config="target_recall = 0.9\n").exit_code == 0
        entry = read(tmp_path / "model").manifest["topics"]["flood"]
        assert entry["configuration"]["target_recall"] == 0.9
        assert "target_precision" not in entry["configuration"]
        assert entry["rate"] == 0.5


GOOD = row(1, FLOOD, "flood")


class TestFaults:
    @pytest.mark.parametrize(
        ("bad", "told"),
        [
            ({"topics": []}, 'corpus.jsonl:2: no "id"'),
            (GOOD, "corpus.jsonl:2: id 'tin-1' stands already at"),
            ({"id": "b", "topics": []}, "corpus.jsonl:2: no text"),
            ({"id": "b", "text": "Lũ về."}, 'corpus.jsonl:2: "topics" is no list of topics'),
            ({"id": "b", "body": "Lũ về.", "topics": []}, "corpus.jsonl:2: "),
            (row(2, FLOOD, "flood", unknown=["flood"]), "corpus.jsonl:2: 'flood' is both carried and unknown"),
        ],
    )
    def test_in_a_corpus(self, train: Train, tmp_path: Path, bad: dict[str, Any], told: str) -> None:
        refused(train(written(tmp_path, GOOD, bad)), tmp_path, told)

    @pytest.mark.parametrize(
        ("rules", "told"),
        [
            ("word = 3", "flood.toml: unknown key 'word'. Known keys: words, rules, iptc"),
            ("words: 3", "flood.toml: not TOML"),
            (
                '[words]\nwater = "lũ, "\n[[rules]]\nsays = "maybe"\nwhen = ["water"]',
                "number 1.says: unknown 'maybe'",
            ),
            ('[words]\nwater = "lũ"\n[[rules]]\nsays = "yes"\nwhen = ["wind"]', "names 'wind'"),
            ('[words]\nwater = " , "', "words.water: the group is empty"),
            ('[words]\nwater = "nước lũ từ thượng nguồn"', "is too long"),
        ],
    )
    def test_in_a_topic_file(self, train: Train, tmp_path: Path, rules: str, told: str) -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "flood.toml").write_text(rules, encoding="utf-8")
        refused(train(floods(tmp_path, 2), "--rules", tmp_path / "rules"), tmp_path, told)

    def test_a_folder_without_topic_files(self, train: Train, tmp_path: Path) -> None:
        (tmp_path / "rules").mkdir()
        done = train(floods(tmp_path, 2), "--rules", tmp_path / "rules")
        refused(done, tmp_path, "no topic file in this folder")

    @pytest.mark.parametrize(
        ("config", "told"),
        [
            ("fold = 3", "quick.toml: unknown key 'fold'. Known keys: seed, "),
            ('folds = "3"', "folds: '3' is of the wrong type"),
            ('tokens = "letters"', "tokens: unknown 'letters'. Use one of syllables, words, both."),
            ("phrase = 9", "phrase: 9 is too large"),
            ("strength = 0.0", "strength: 0.0 is too small"),
            ("target_precision = 95", "target_precision: 95 is too large"),
            ("target_precision = 0.9\ntarget_recall = 0.9", "target_precision and target_recall are both set. A"),
        ],
    )
    def test_in_the_settings(self, train: Train, tmp_path: Path, config: str, told: str) -> None:
        refused(train(floods(tmp_path, 2), config=config), tmp_path, told)

    def test_topics_that_no_article_carries(self, train: Train, tmp_path: Path) -> None:
        done = train(floods(tmp_path, 2), "--topic", "storm")
        refused(done, tmp_path, "no article carries 'storm'. The corpora have: flood.")
        refused(train(written(tmp_path, row(1, QUIET))), tmp_path, "no article carries any topic")

    def test_more_topics_than_a_model_may_have(self, train: Train, tmp_path: Path) -> None:
        done = train(written(tmp_path, row(1, FLOOD, *(f"flood {number}" for number in range(MAX_TOPICS + 1)))))
        refused(done, tmp_path, "201 topics, beside 0 others of the model, and 200 are allowed in all. Choose")

    def test_a_model_of_other_tokens(self, topical: tuple[Path, str], train: Train, tmp_path: Path) -> None:
        done = train(floods(tmp_path, 2), config='tokens = "words"\n', base=topical[0])
        refused(done, tmp_path, "have the tokens 'both', these would have 'words'")

    def test_files_that_are_not_there(self, train: Train, tmp_path: Path) -> None:
        missing = tmp_path / "none.jsonl"
        refused(train(missing), tmp_path, f"{missing}: The file cannot be read (No such file")
        refused(train("--rules", missing), tmp_path, str(missing))
        refused(train(base=tmp_path / "none"), tmp_path, str(tmp_path / "none"))
