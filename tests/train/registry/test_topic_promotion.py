"""`locbao models` on topics: articles that two models judged, what changed, and what a champion may not lose."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from locbao.cli.main import app
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES
from locbao.train.evaluation.judged_articles import (
    JudgedArticle,
    by_topic,
    compare_topics,
    mistakes,
    packed_judged,
    read_judged,
    shared_articles,
)
from locbao.train.registry.candidates import Candidate, pair_articles
from locbao.train.registry.compare import compare_models
from locbao.train.registry.versions import Registry
from locbao.train.topics.run import train_topics
from locbao.train.tracking.mlflow_runs import open_tracker
from locbao.train.tracking.mlflow_store import connect
from tests.support.tables import cells
from tests.support.tracked import FAIR, Desk, silent
from tests.support.training import TWO_SITES, one_core

Models = Callable[..., tuple[int, str]]
GOOD = "+" * 10 + "-" * 10


def judged(given: str, topic: str = "asean") -> list[JudgedArticle]:
    """Articles of which the first ten carry the topic; `given` tells which of them are given it, + or -."""
    seen = {"+": ({topic: 0.9}, (topic,)), "-": ({topic: 0.2}, ())}
    return [JudgedArticle(str(n), f"bài {n}", {topic: n < 10}, *seen[sign]) for n, sign in enumerate(given)]


def written(path: Path, count: int = 20) -> Path:
    """The articles of `judged` as a corpus."""
    rows = [{"id": str(n), "title": f"bài {n}", "topics": ["asean"] if n < 10 else []} for n in range(count)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class TestComparison:
    def test_worse_beyond_noise(self) -> None:
        good, bad = judged(GOOD), judged("-" * 8 + "++" + "-" * 10)
        old, new = (Candidate("", name, articles=found) for name, found in (("old", good), ("new", bad)))
        found = compare_models(old, new)
        assert [each.figure for each in found.differences] == ["macro_f1", "asean_f1"]
        assert [(each.group, each.figure) for each in found.worse] == [("topics", "asean_f1")]
        assert found.judged == "20 articles"
        assert len(found.flips) == 8
        flip = found.flips[0]
        assert (flip.change, flip.truth, flip.old, flip.new) == ("lost", "asean", "asean", "not asean")
        assert flip.probability == 0.8
        assert compare_models(new, old).worse == ()
        assert {flip.change for flip in compare_models(new, old).flips} == {"won"}

    def test_a_difference_within_noise(self) -> None:
        old, new, change = compare_topics(judged(GOOD), judged("+" * 9 + "-" * 11))["asean_f1"]
        assert (old, round(new, 3), change.high) == (1.0, 0.947, 0.0)

    def test_every_draw_takes_the_same_articles_of_both(self) -> None:
        unsure = judged("+-" * 10)
        assert compare_topics(unsure, unsure)["asean_f1"][2].low == 0.0

    def test_only_what_both_know_the_same_truth_of(self) -> None:
        old, new = judged("+++"), judged("+++")
        new[0] = replace(new[0], truth={"asean": True, "flood": True}, scores={"asean": 0.9, "flood": 0.9})
        new[1] = replace(new[1], truth={"asean": False})
        new[2] = replace(new[2], title="bài khác")
        before, after = shared_articles(old, new)
        assert [one.truth for one in before] == [one.truth for one in after] == [{"asean": True}]

    def test_no_topic_that_nobody_carries(self) -> None:
        articles = [replace(one, truth={"asean": False}) for one in judged("+-")]
        assert (compare_topics(articles, articles), by_topic(articles)) == ({}, {})

    def test_articles_come_back_as_they_were_kept(self, tmp_path: Path) -> None:
        kept = [replace(one, sure=n > 1) for n, one in enumerate(judged("+-+"))]
        (tmp_path / "a.gz").write_bytes(packed_judged(kept))
        assert read_judged(tmp_path / "a.gz") == kept
        assert by_topic(kept)["asean"].sure.tolist() == [False, False, True]

    def test_mistakes_the_surest_first(self) -> None:
        articles = judged("-" + "+" * 10)
        assert [row[1] for row in mistakes(articles).rows] == ["10", "0"]


@dataclass
class Said:
    """What a topic model says of an article."""

    scores: dict[str, float] = field(default_factory=lambda: {"asean": 0.7})
    carried: dict[str, float] = field(default_factory=lambda: {"asean": 0.7})


class Yes:
    """A model, and its own topic model, that gives every article the topic; it has learned from the file `learned`."""

    topics = ("asean",)

    def __init__(self, learned: str = "") -> None:
        self.topic_model, self.asked = self, 0
        self.manifest = {"topics": {"asean": {"data": [{"file": "a", "sha256": learned}]}}}

    def judge(self, articles: list[tuple[str, ...]]) -> list[Said]:
        self.asked += len(articles)
        return [Said() for _ in articles]


class TestOnACorpus:
    def test_articles_keep_what_was_said_when_they_were_held_out(self, tmp_path: Path) -> None:
        corpus = written(tmp_path / "corpus.jsonl")
        old, new = Candidate("", "old", articles=judged(GOOD)), Candidate("", "new", articles=judged(GOOD)[:15])
        new.__dict__["model"] = model = Yes()
        found = pair_articles(old, new, [corpus])
        assert model.asked == 5
        assert "model" not in old.__dict__  # nothing had to be loaded
        assert [one.given for one in found.new] == [("asean",)] * 10 + [()] * 5 + [("asean",)] * 5
        assert found.remembered == ()

    def test_what_was_learned_by_heart_is_told(self, tmp_path: Path) -> None:
        from locbao.train.corpus.corpus_files import data_file

        corpus = written(tmp_path / "corpus.jsonl")
        old, new = Candidate("", "old", articles=judged(GOOD)), Candidate("", "new")
        new.__dict__["model"] = Yes(data_file(corpus, "corpus").sha256)
        assert compare_models(old, new, [corpus]).remembered == ("new",)

    def test_articles_whose_truth_was_changed_are_judged_anew(self, tmp_path: Path) -> None:
        corpus = written(tmp_path / "corpus.jsonl")
        changed = [replace(one, truth={"asean": not true}) for one in judged(GOOD) for true in one.truth.values()]
        new = Candidate("", "new", articles=changed)
        new.__dict__["model"] = model = Yes()
        pair_articles(Candidate("", "old", articles=judged(GOOD)), new, [corpus])
        assert model.asked == 20


@pytest.fixture(scope="module")
def topical(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Desk:
    """A store with a model of lines (1), topics added to it (2), and the same poorly learned (3)."""
    desk = Desk(tmp_path_factory.mktemp("topical"))
    shutil.copy(empty_store, desk.folder)
    tracker = open_tracker(desk.uri, tell=print)
    desk.train("fair", FAIR, tracker)
    for name, settings in {"good": "", "bad": "strength = 0.001\nrounds = 0\nrarest = 40\n"}.items():
        config = desk.folder / f"{name}.toml"
        config.write_text(f'folds = 3\ntokens = "syllables"\n{settings}', encoding="utf-8")
        articles = sorted(TOPIC_EXAMPLES.glob("*.jsonl"))
        rules = desk.folder / "rules" if name == "bad" else None
        if rules:
            rules.mkdir()
            (rules / "none.toml").write_text('[words]\nnone = "không"\n', encoding="utf-8")
        output = desk.folder / name
        base = desk.folder / "fair"
        with one_core():
            train_topics(articles, output, base=base, config=config, rules=rules, tracker=tracker, tell=silent)
    assert not tracker.failed
    return desk


@pytest.fixture
def models(topical: Desk) -> Models:
    """Runs `locbao models …` in the store."""

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["models", *map(str, arguments), "--tracking-uri", topical.uri])
        return result.exit_code, result.output

    return run


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
class TestPromotion:
    def test_a_topic_that_is_worse_or_missing_is_refused(self, models: Models, tmp_path: Path) -> None:
        assert models("promote", 2)[0] == 0
        code, said = models("promote", 3, "--changes", tmp_path / "changes.csv")
        assert code == 1
        assert "version 3 (bad " in said
        assert "stays the champion: worse beyond noise in " in said
        assert " f1 of topics (-0." in said
        with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
            flips = list(csv.DictReader(file))
        assert flips[0]["change"] == "lost"
        assert {flip["group"] for flip in flips} == {"topics"}  # the lines are the same

        code, said = models("promote", 1)
        assert (code, "it does not know asean, border_security, drug_crime" in said) == (1, True)

        code, said = models("promote", 3, "--force", "--why", "thử cả ba chủ đề")
        assert (code, said.splitlines()[-1]) == (0, "reason: thử cả ba chủ đề")
        assert models("undo")[1].startswith("champion: version 2 (good ")

    def test_the_articles_of_a_corpus(self, models: Models) -> None:
        code, said = models("compare", 3, 2, *sorted(TOPIC_EXAMPLES.glob("*.jsonl")))
        assert code == 0
        assert "| asean f1" in said
        assert "has learned" not in said  # all of them were held out in both trainings

    def test_new_topics_are_told_and_lines_and_topics_have_a_column_each(self, models: Models, topical: Desk) -> None:
        known = "asean, border_security, drug_crime"
        assert f"new topics: {known}\n" in models("compare", topical.folder / "fair", 2, TWO_SITES[0])[1]
        assert f"topics that the new model lacks: {known}\n" in models("compare", 2, 1)[1]
        assert "topics:" not in models("compare", 2, 3)[1]
        rows = cells(models("list")[1])
        header, *versions = [dict(zip(rows[0], row, strict=True)) for row in rows if not row[0].startswith("-")]
        assert {"F1 of lines", "F1 of topics"} <= header.keys()
        assert [version["version"] for version in versions] == ["3", "2", "1"]
        assert len({version["F1 of lines"] for version in versions}) == 1  # taken over from version 1
        assert [version["F1 of topics"][:2] for version in versions] == ["0.", "0.", ""]

    def test_lines_taken_over_are_judged_by_the_run_that_made_them(self, topical: Desk) -> None:
        registry = Registry(connect(topical.uri, writing=False), "locbao")
        from locbao.train.registry.candidates import of_version

        first, second = (of_version(registry, registry.find(number)) for number in ("1", "2"))
        assert first.pages.keys() == second.pages.keys()
        assert len(first.pages[""]) == len(second.pages[""]) > 0
        assert (len(first.articles), len(second.articles) > 90) == (0, True)
