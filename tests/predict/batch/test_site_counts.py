"""Batches with site memory: where the site of a page comes from, and that a run can be cut, shared out and resumed."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from locbao.predict.batch import checkpoint
from locbao.predict.batch.checkpoint import CannotResume, Checkpoint
from locbao.predict.batch.job import Load
from locbao.predict.batch.run import Run
from locbao.predict.batch.site_counts import NoSites, learn
from locbao.predict.lines.sites import NoSitePart
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import ReadOptions
from tests.conftest import ROOT
from tests.predict.batch.batch_runs import do, errors, run_for
from tests.predict.lines.site_pages import TEMPLATE, load_sure, page, save_model
from tests.support.command import locbao, process

COUNT = 40  # pages: more than one batch
REAL = [sys.executable, "-m", "locbao"]
WITH_SITES = ReadOptions(site_field="site")


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def site_rows(count: int = COUNT) -> list[dict[str, Any]]:
    return [{"id": number, "text": page(number), "site": "lang"} for number in range(count)]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return write(tmp_path / "in.jsonl", site_rows())


def sited(given: Path, out: Path | str | None, options: ReadOptions = WITH_SITES, **settings: Any) -> Run:
    load: Load = load_sure
    return run_for(given, out, load, options=options, **settings)


def template_labels(path: Path) -> list[str]:
    """What the template's line is on each page."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [line["label"] for row in rows for line in row["lines"] if line["text"] == TEMPLATE]


def test_the_template_of_a_site_is_found(tmp_path: Path, given: Path) -> None:
    do(sited(given, tmp_path / "with.jsonl"))
    do(sited(given, tmp_path / "without.jsonl", ReadOptions()))
    assert template_labels(tmp_path / "with.jsonl") == ["sidebar"] * COUNT
    assert template_labels(tmp_path / "without.jsonl") == ["body"] * COUNT


def test_the_number_of_processes_changes_nothing(tmp_path: Path, given: Path) -> None:
    do(sited(given, tmp_path / "one.jsonl", jobs=1))
    do(sited(given, tmp_path / "two.jsonl", jobs=2))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_page_without_a_site_is_labelled_without(tmp_path: Path) -> None:
    rows = site_rows()
    without = [{name: value for name, value in row.items() if name != "site"} for row in rows]
    mixed = [{**row, "id": f"x{row['id']}", "site": None} for row in rows[:3]]
    do(sited(write(tmp_path / "mixed.jsonl", [*rows, *mixed]), tmp_path / "mixed-out.jsonl"))
    assert template_labels(tmp_path / "mixed-out.jsonl") == ["sidebar"] * COUNT + ["body"] * 3
    with pytest.raises(NoSites, match=r'None of the pages has a site in "site", so that --site-memory'):
        do(sited(write(tmp_path / "none.jsonl", without), tmp_path / "none-out.jsonl"))


def test_pages_that_cannot_be_used_are_not_counted(tmp_path: Path, given: Path) -> None:
    bad: list[dict[str, Any]] = [{"text": page(n), "site": "lang"} for n in range(COUNT)]  # without an id
    bad += [{"id": 1, "text": page(0), "site": ["lang"]}]
    do(sited(given, tmp_path / "out.jsonl"))
    do(sited(write(tmp_path / "more.jsonl", [*bad, *site_rows()]), tmp_path / "more-out.jsonl"))
    assert (tmp_path / "more-out.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    assert errors(tmp_path / "more-out.jsonl")[-1] == (41, '"site" is a list, not a string or a whole number')


def test_an_article_crawled_again_is_no_furniture(tmp_path: Path) -> None:
    rows = site_rows(6)
    again = [{**row, "id": f"x{row['id']}"} for row in rows[:1] * 5]
    do(sited(write(tmp_path / "once.jsonl", rows), tmp_path / "once-out.jsonl"))
    do(sited(write(tmp_path / "again.jsonl", [*rows, *again]), tmp_path / "again-out.jsonl"))
    once = (tmp_path / "once-out.jsonl").read_bytes().splitlines()
    assert (tmp_path / "again-out.jsonl").read_bytes().splitlines()[:6] == once


class TestWhereTheSiteStands:
    def test_an_address_gives_its_host(self, tmp_path: Path) -> None:
        urls = ("https://www.lang.example/{}", "http://lang.example:8080/{}?a=1", "lang.example")
        rows = [{**row, "url": urls[n % 3].format(n), "site": n} for n, row in enumerate(site_rows())]
        given = write(tmp_path / "in.jsonl", rows)
        do(sited(given, tmp_path / "out.jsonl", ReadOptions(site_field="url")))
        assert template_labels(tmp_path / "out.jsonl") == ["sidebar"] * COUNT
        do(sited(given, tmp_path / "apart.jsonl"))  # "site" says of each page that it is of a site of its own
        assert template_labels(tmp_path / "apart.jsonl") == ["body"] * COUNT

    @pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
    def test_a_column_of_a_table(self, tmp_path: Path, kind: pa.DataType) -> None:
        rows = site_rows()
        columns = {name: [row[name] for row in rows] for name in ("id", "text")}
        sites = pa.array([None, *["lang"] * (COUNT - 1)]).cast(kind)
        pq.write_table(pa.table({**columns, "paper": sites}), tmp_path / "in.parquet")
        do(sited(tmp_path / "in.parquet", tmp_path / "out.jsonl", ReadOptions(site_field="paper")))
        assert template_labels(tmp_path / "out.jsonl") == ["body"] + ["sidebar"] * (COUNT - 1)

    def test_the_folder_of_a_file(self, tmp_path: Path) -> None:
        for site in ("lang", "ban"):
            (tmp_path / "in" / site).mkdir(parents=True)
        for number in range(12):
            folder = "lang" if number else "ban"
            (tmp_path / "in" / folder / f"{number:02}.txt").write_text(page(number), encoding="utf-8")
        do(sited(tmp_path / "in", tmp_path / "out.jsonl"))
        assert template_labels(tmp_path / "out.jsonl") == ["body"] + ["sidebar"] * 11


class Cut(Exception):
    """Stands for whatever ends a run."""


def cut_at_first_rows(state: Checkpoint, share: float | None) -> None:
    """Ends a run as soon as rows of its second pass are safe."""
    if state.output:
        raise Cut


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_a_resumed_run_gives_the_same_bytes(
    tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    whole, out = tmp_path / f"whole-{name}", tmp_path / name
    do(sited(given, whole))
    with pytest.raises(Cut):
        do(sited(given, out), cut_at_first_rows)
    with pytest.raises(CannotResume, match='site_field: "site" then, "" now'):
        do(sited(given, out, ReadOptions(), resume=True))
    do(sited(given, out, resume=True))
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_kills_at_random_moments_are_made_good(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", site_rows(1500))
    model, whole, out = save_model(tmp_path / "model", site=True), tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    command = [*REAL, "predict", str(given), "--site-memory", "--model", str(model), "--jobs", "2", "--quiet", "-o"]
    began = time.monotonic()
    subprocess.run([*command, str(whole)], cwd=ROOT, check=True)
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    usual, chance, kills = time.monotonic() - began, random.Random(5), 0
    while kills < 5 or not out.exists():
        out.unlink(missing_ok=True)
        with subprocess.Popen([*command, str(out), "--resume"], cwd=ROOT, env=environment) as process:
            try:
                process.wait(usual * chance.uniform(0.3, 0.9) if kills < 5 else None)
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
    assert out.read_bytes() == whole.read_bytes()
    assert os.listdir(tmp_path / "temporary") == []
    assert set(template_labels(out)) == {"sidebar"}


def test_nothing_is_left_behind(tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    do(sited(given, tmp_path / "out.jsonl"))
    assert os.listdir(temporary) == []


def test_a_model_that_has_not_learned_it_is_told_before_anything_is_done(tmp_path: Path, given: Path) -> None:
    for jobs in (1, 2):
        with pytest.raises(NoSitePart, match="The model fake has no part for site memory"):
            do(run_for(given, tmp_path / "out.jsonl", options=WITH_SITES, jobs=jobs))
    assert os.listdir(tmp_path) == ["in.jsonl"]


class TestCommand:
    def test_with_it(self, tmp_path: Path, given: Path) -> None:
        model = save_model(tmp_path / "model", site=True)
        out, options = tmp_path / "out.jsonl", ("--site-memory", "--site-field", "site", "--jobs", 1, "--quiet")
        done = process("predict", given, "--model", model, *options, "-o", out, command=REAL)
        assert (done.exit_code, done.stderr) == (0, "")
        assert template_labels(out) == ["sidebar"] * COUNT

    def test_a_model_without_it(self, tmp_path: Path, given: Path) -> None:
        without = save_model(tmp_path / "without", site=False)
        done = locbao("predict", given, "--site-memory", "--model", without)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "has no part for site memory. `locbao train lines` makes one" in done.stderr

    @pytest.mark.usefixtures("stand_in")
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            (["-", "--site-memory"], "Standard input can be read only once"),
            (["{given}", "--site-field", "url"], "--site-field is for --site-memory"),
            (["{given}", "--site-memory", "--engine", "spark", "-o", "x"], "--site-memory is for the local engine"),
            (["{pipe}", "--site-memory"], "can be read only once"),
        ],
    )
    def test_wrong_usage(self, tmp_path: Path, given: Path, wrong: list[str], message: str) -> None:
        pipe = tmp_path / "pipe.jsonl"
        os.mkfifo(pipe)
        done = locbao("predict", *(part.format(given=given, pipe=pipe) for part in wrong))
        assert (done.exit_code, done.stdout) == (2, "")
        assert message in " ".join(done.stderr.replace("│", " ").split())


def test_the_rate_counts_anew_in_the_second_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from locbao.cli import progress

    clock = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: clock)
    pace = progress.Pace()
    told = []
    for pages, share, now in ((0, 0.0, 0.0), (900, 0.9, 1.0), (0, 0.01, 2.0), (100, 0.11, 3.0)):
        clock = now
        told.append(pace.tell(pages, share))
    assert told[1:] == ["900 pages, 900/s, 90 %, 0 s left", "0 pages, 1 %", "100 pages, 100/s, 11 %, 9 s left"]


def test_where_no_page_can_be_used_sites_are_not_to_blame(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": ""}\n')
    learn(Reader([str(tmp_path / "a.jsonl")], ReadOptions(site_field="site")), lambda state, share: None)
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "tin"}\n')
    with pytest.raises(NoSites):
        learn(Reader([str(tmp_path / "a.jsonl")], ReadOptions(site_field="site")), lambda state, share: None)
