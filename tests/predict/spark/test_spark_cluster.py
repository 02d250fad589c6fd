"""`locbao predict --engine spark` on a cluster of processes, and where there is no Spark at all."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from locbao.experiments.studies.batch.spark_cluster import Cluster
from locbao.predict.load import load
from locbao.predict.writing.rows import as_row
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from tests.predict.spark.spark_session import needs_spark, quick_environment

COPIES = 10  # of the example corpus: seconds of work for two executors

PREDICT = [sys.executable, "-m", "locbao", "predict", "--engine", "spark"]


@needs_spark
@pytest.mark.slow
def test_a_job_whose_worker_is_killed_gives_every_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["\n".join(page.lines) for page in read_corpus(example_corpus())]
    rows = [json.dumps({"id": id, "text": texts[id % len(texts)]}) for id in range(COPIES * len(texts))]
    given, output, home = tmp_path / "pages.jsonl.gz", tmp_path / "out.jsonl", tmp_path / "cluster"
    given.write_bytes(gzip.compress("\n".join([*rows, "torn"]).encode()))
    for name, value in quick_environment(home).items():
        monkeypatch.setenv(name, value)
    with Cluster(home) as cluster:
        job = subprocess.Popen(
            [*PREDICT, "--master", cluster.url, str(given), "-o", str(output)],
            stderr=subprocess.PIPE,
            text=True,
        )
        while job.poll() is None and not cluster.blocks():
            sleep(0.01)
        assert job.poll() is None
        cluster.kill(worker=0)
        _, messages = job.communicate(timeout=600)
    assert f"Pages labelled: {len(rows)}" in messages
    assert job.returncode == 3
    assert re.search("[Rr]emoving worker|[Ll]ost", (home / "master-0.log").read_text(encoding="utf-8"))

    model = load()
    expected = [as_row(id, page, model.signature) for id, page in enumerate(model.label_many(texts))]
    found = [json.loads(line) for part in output.glob("part-*") for line in part.read_text().splitlines()]
    assert sorted(row["id"] for row in found) == list(range(len(rows)))
    assert all(row == {**expected[row["id"] % len(texts)], "id": row["id"]} for row in found)
    (listed,) = (tmp_path / "out.jsonl.errors.jsonl").glob("part-*")
    assert [json.loads(line)["row"] for line in listed.read_text().splitlines()] == [len(rows) + 1]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.modules['pyspark'] = None", "pyspark"),
        pytest.param("os.environ.update(JAVA_HOME='/nowhere', PATH='/usr/bin')", "Java", marks=needs_spark),
    ],
)
def test_without_spark_the_message_says_what_is_missing(tmp_path: Path, code: str, reason: str) -> None:
    (tmp_path / "page.txt").write_text("Trang nhất", encoding="utf-8")
    code = f"import os, sys; {code}; from locbao.predict.spark.files import run_spark; run_spark(['page.txt'], 'out')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("locbao.predict.spark.files.SparkFailed: Spark did not start: ")
    assert reason in last
    assert not (tmp_path / "out").exists()
