"""`locbao evaluate` on topics: what is scored, and what cannot be."""

import json
from pathlib import Path

from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES
from tests.support.command import locbao
from tests.support.tables import cells
from tests.support.training import Training
from tests.train.articles import QUIET, TOPICS, floods, row, written


def test_on_articles_that_it_has_learned_from(topical: tuple[Path, str]) -> None:
    done = locbao("evaluate", TOPIC_EXAMPLES, "--model", topical[0])
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("This model has learned from these articles")
    assert lines[2].startswith("all articles, model model ")
    rows = {row[0]: row[1] for row in cells(done.stdout)}
    assert {*rows} >= {*TOPICS, "mean"}
    assert int(rows["asean"]) == sum(
        "asean" in json.loads(line)["topics"]
        for path in TOPIC_EXAMPLES.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def test_on_others_sure_and_all(topical: tuple[Path, str], tmp_path: Path) -> None:
    report = "Công an bắt hai người mua bán trái phép 2 bánh heroin, thu giữ 500 viên ma túy tổng hợp."
    rows = [row(1, report, "drug_crime"), row(2, QUIET), row(3, QUIET, "drug_crime", "flood", sure=False)]
    rows += [row(4, report, unknown=["drug_crime"]), {"id": "câu", "sentence": report, "topics": []}]
    done = locbao("evaluate", written(tmp_path, *rows), "--model", topical[0])
    assert done.exit_code == 0
    assert "has learned" not in done.stdout
    assert "asean: not scored: no article carries it" in done.stdout
    assert "flood: not scored: the model does not know it" in done.stdout
    sure, everything = done.stdout.split("all articles, model model ")
    assert "| drug_crime |        1 | 1.000 [" in sure
    assert "| drug_crime |        2 | 1.000 [" in everything
    assert " 0.500 [" in everything


def test_pages_and_articles_together(topical: tuple[Path, str], tmp_path: Path) -> None:
    lines = [{"text": "Cầu mới", "label": "body"}, {"text": "Chia sẻ", "label": "sidebar"}]
    page = written(tmp_path, {"id": "a", "site": "làng", "lines": lines}, name="pages.jsonl")
    done = locbao("evaluate", page, TOPIC_EXAMPLES / "asean.jsonl", "--model", topical[0])
    assert done.exit_code == 0
    assert "| true label |" in done.stdout
    assert "| asean " in done.stdout


def test_a_model_without_topics(trained: Training) -> None:
    done = locbao("evaluate", TOPIC_EXAMPLES / "asean.jsonl", "--model", trained.folder)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: No topic can be scored: small has no topics, the articles carry asean. ")


def test_articles_with_none_of_its_topics(topical: tuple[Path, str], tmp_path: Path) -> None:
    done = locbao("evaluate", floods(tmp_path, 2), "--model", topical[0])
    assert done.exit_code == 1
    assert "model has asean, border_security, drug_crime, the articles carry flood." in done.stderr
