"""`locbao models`: what is compared, who becomes the champion, and the way back."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from locbao.cli.main import app
from locbao.features.labels import LABELS
from locbao.predict.load import load
from locbao.predict.store.from_mlflow import UnknownModel
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.evaluation.predictions import packed_pages, read_held_out
from locbao.train.registry.candidates import Candidate, candidate, pair_pages
from locbao.train.registry.compare import Comparison, Difference, NothingInCommon, compare_models, described
from locbao.train.registry.versions import NoSuchModel, NoSuchVersion
from locbao.train.tracking.mlflow_runs import fetch_run
from tests.support.tracked import Desk
from tests.support.training import TWO_SITES
from tests.train.lines.test_adapt import PLACES
from tests.train.lines.test_adapt import corpus as invented_pages

Models = Callable[..., tuple[int, str]]


@pytest.fixture
def models(desk: Desk) -> Iterator[Models]:
    """Runs `locbao models …` in the folder of the store; whatever was promoted is undone afterwards."""

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["models", *map(str, arguments), "--tracking-uri", desk.uri])
        return result.exit_code, result.output

    yield run
    while desk.registry().champion():
        desk.registry().undo("")


class TestPromotion:
    def test_the_whole_story(self, models: Models, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        assert models("promote", "fair") == (1, no_version("fair", desk))
        code, said = models("promote", 1)
        assert (code, said.splitlines()[-1]) == (0, "reason: the first champion")
        monkeypatch.chdir(desk.folder)
        assert load("models:/locbao@champion").name == "fair"

        code, said = models("promote", "latest")
        assert code == 1
        assert "stays the champion: worse beyond noise in body f1 of all pages (-0." in said
        assert load("models:/locbao@champion").name == "fair"

        code, said = models("promote", 2, "--force", "--why", "giữ chú thích")
        assert (code, said.splitlines()[-1]) == (0, "reason: giữ chú thích")
        assert load("models:/locbao@champion").name == "poor"
        tags = desk.registry().find("2").tags
        assert (tags["promoted.over"], tags["promoted.reason"]) == ("1", "giữ chú thích")
        assert tags["promoted.forced"].startswith("worse beyond noise in ")
        assert models("promote", "champion")[1].endswith("is the champion already\n")

        code, said = models("undo", "--why", "chú thích sai")
        assert (code, said.split(" (")[0]) == (0, "champion: version 1")
        assert load("models:/locbao@champion").name == "fair"
        code, said = models("list")
        [first, second] = [line for line in said.splitlines() if line.startswith(("| 1", "| 2"))][::-1]
        assert "| champion |" in first
        assert "giữ chú thích (undone: chú thích sai)" in second
        assert models("undo")[1].startswith("champion: none; it was: version 1 (fair ")
        code, said = models("undo")
        assert (code, "'champion' is no version" in said) == (1, True)

    def test_a_better_one_needs_no_force_and_what_changed_stays_with_its_run(
        self, models: Models, desk: Desk, tmp_path: Path
    ) -> None:
        models("promote", 2)
        code, said = models("promote", 1, "--why", "learns captions")
        assert code == 0
        pages = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in TWO_SITES)
        assert said.splitlines()[-1] == f"reason: learns captions (not worse beyond noise on {pages} pages)"
        fetch_run(desk.store(), desk.registry().find("1").run_id, tmp_path)
        with (tmp_path / "promotion" / "over_version_2.csv").open(encoding="utf-8", newline="") as file:
            flips = list(csv.DictReader(file))
        assert {flip["change"] for flip in flips} <= {"lost", "wrong as before", "won"}
        assert "| all pages" in (tmp_path / "promotion" / "over_version_2.md").read_text(encoding="utf-8")

    def test_the_first_champion_is_weighed_against_the_shipped_model(
        self, models: Models, desk: Desk, tmp_path: Path
    ) -> None:
        pages = invented_pages(tmp_path / "pages.jsonl", *PLACES)
        code, said = models("promote", 2, pages)
        assert (code, desk.registry().champion()) == (1, None)
        assert "old: the shipped model" in said
        assert "topics that the new model lacks: asean, border_security, drug_crime\n" in said
        assert "there is still no champion: worse beyond noise in" in said
        code, said = models("promote", 2, pages, "--force", "--why", "a try")
        assert (code, said.splitlines()[-1]) == (0, "reason: the first champion: a try")

    def test_force_asks_for_a_reason(self, models: Models) -> None:
        code, said = models("promote", 1, "--force")
        assert (code, "--why TEXT" in said) == (2, True)


class TestComparison:
    def test_differences_and_flips_worst_first(self, models: Models, tmp_path: Path) -> None:
        code, said = models("compare", 1, 2, "--changes", tmp_path / "changes.csv", "--top", 2)
        assert code == 0
        assert "| macro f1" in said
        with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
            flips = list(csv.DictReader(file))
        assert f"changed: {len(flips):,};" in said
        order = [("lost", "wrong as before", "won").index(flip["change"]) for flip in flips]
        assert order == sorted(order)
        lost = [flip for flip in flips if flip["change"] == "lost"]
        assert all(flip["truth"] == flip["old"] != flip["new"] for flip in lost)
        assert [float(flip["probability"]) for flip in lost] == sorted(float(f["probability"]) for f in lost)[::-1]

    def test_a_file_of_changes_that_cannot_be_written_ends_it_at_the_start(
        self, models: Models, tmp_path: Path
    ) -> None:
        (tmp_path / "mine.csv").write_text("mine")
        for command in (("compare", 1, 2), ("promote", 2)):
            for path, what in ((".", "is a folder"), ("mine.csv/x", "mine.csv"), ("mine.csv", "locbao wrote it")):
                code, said = models(*command, "--changes", tmp_path / path)
                assert (code, "compared on" in said, what in said) == (1, False, True)
        assert (tmp_path / "mine.csv").read_text() == "mine"

    def test_a_model_that_labels_what_it_has_learned_is_told_of(self, models: Models, desk: Desk) -> None:
        code, said = models("compare", 1, desk.folder / "poor", TWO_SITES[0])
        assert code == 0
        assert f"{desk.folder / 'poor'} has learned from what it is judged by" in said
        assert "version 1 (fair " in said
        assert said.count("has learned from what it is judged by") == 1  # version 1 was scored on them out of site

    def test_nothing_in_common(self, models: Models, desk: Desk) -> None:
        code, said = models("compare", 1, desk.folder / "poor")
        assert (code, "Give labelled ones to compare them on" in said) == (1, True)

    def test_addresses(self, desk: Desk) -> None:
        registry = desk.registry()
        version = registry.find("1")
        for wanted in ("models:/locbao/1", f"runs:/{version.run_id}/model"):
            assert candidate(registry, wanted).title == str(version)
        assert candidate(registry, str(desk.folder / "poor")).model.name == "poor"
        with pytest.raises(UnknownModel, match="models:/locbao-of-others/1"):  # no version of this registered model
            candidate(registry, "models:/locbao-of-others/1")
        with pytest.raises(NoSuchVersion, match="'9' is no version of the registered model 'locbao'"):
            candidate(registry, "9")
        with pytest.raises(NoSuchVersion, match="Did you mean 'shipped'"):
            candidate(registry, "shiped")
        with pytest.raises(NoSuchModel, match="Did you mean 'locbao'"):
            desk.registry("lobcao").versions()
        with pytest.raises(NoSuchModel, match="It has locbao; `locbao train lines` makes one"):
            desk.registry("others").versions()

    def test_a_figure_of_nothing_is_a_dash(self) -> None:
        nothing = Difference("all pages", "captions_as_body", np.nan, np.nan, Estimate(*[np.nan] * 3), gate=False)
        text = described(Comparison("old", "new", "1 page", (nothing,), (), ()), most=5)
        assert (text.count("–"), "nan" in text) == (3, False)

    def test_the_same_model_differs_in_nothing(self, desk: Desk) -> None:
        one = candidate(desk.registry(), "1")
        found = compare_models(one, one)
        assert (found.flips, found.worse) == ((), ())
        assert all(each.change.value == 0 for each in found.differences if not np.isnan(each.change.value))
        assert {each.figure for each in found.differences if each.gate} == {f"{label}_f1" for label in LABELS}


def test_pages_come_back_as_they_were_kept(tmp_path: Path) -> None:
    page = ScoredPage("a", "làng", ("một", "hai"), ("body", "sidebar"), np.eye(2, 3), np.array([True, False]))
    empty = replace(page, id="b", texts=(), truth=(), probabilities=np.zeros((0, 3)), sure=np.zeros(0, dtype=bool))
    path = tmp_path / "held_out.jsonl.gz"
    path.write_bytes(packed_pages({"full": [page, empty], "": [page]}))
    found = read_held_out(path)
    assert [(style, [one.id for one in pages]) for style, pages in found.items()] == [("full", ["a", "b"]), ("", ["a"])]
    assert (found[""][0].texts, found[""][0].truth) == (page.texts, page.truth)
    assert found[""][0].probabilities.tolist() == page.probabilities.tolist()
    assert found["full"][0].sure.tolist() == [True, False]


def test_pages_that_were_changed_since_are_left_out() -> None:
    page = ScoredPage("a", "làng", ("một",), ("body",), np.eye(1, 3), np.array([True]))
    other = replace(page, texts=("hai",))
    assert pair_pages(Candidate("", "old", {"": [page]}), Candidate("", "new", {"": [other]}), []).old == {}
    with pytest.raises(NothingInCommon):
        compare_models(Candidate("", "old", {"": [page]}), Candidate("", "new", {"": [other]}))


def no_version(wanted: str, desk: Desk) -> str:
    return f"Error: {NoSuchVersion(wanted, 'locbao', desk.uri)}\n"


def test_a_style_of_which_nobody_is_sure_is_not_compared() -> None:
    lines, sure = ("Lễ hội cầu mưa", "Bà con ba bản cúng rừng."), np.ones(2, dtype=np.bool_)
    chances = np.full((2, len(LABELS)), 1 / len(LABELS))
    page = ScoredPage("a", "baban", lines, ("body", "body"), chances, sure)
    one, other = (Candidate("", name, {"full": [page], "main": [replace(page, sure=~sure)]}) for name in ("old", "new"))
    comparison = compare_models(one, other)
    assert {each.group for each in comparison.differences} == {"full"}
    assert comparison.judged == "1 page (full)"
