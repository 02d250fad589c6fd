"""`locbao train lines` from files to a saved model, and what it says of files that it cannot use."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from locbao.features.labels import LABELS
from locbao.predict.load import load
from locbao.predict.store.folder import read
from locbao.train.configuration import read_configuration
from locbao.train.corpus.corpus_files import EXAMPLES
from locbao.train.lines.config import LineConfig
from locbao.train.lines.run import QUICK as FIRST_LOOK
from tests.support.command import Done, locbao
from tests.support.tables import cells
from tests.support.training import ONE_SITE, QUICK, TWO_SITES, Training, contents, refused, train_apart

SITES = sorted(path.stem for path in EXAMPLES.glob("*.jsonl"))


Train = Callable[..., Done]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Trains into the folder `model`; `config` is the text of the settings."""

    def run(*arguments: object, config: str = QUICK, output: str = "model") -> Done:
        (tmp_path / "quick.toml").write_text(config, encoding="utf-8")
        options = ["--no-track", "--config", tmp_path / "quick.toml", "-o", tmp_path / output]
        return locbao("train", "lines", *options, *arguments)

    return run


def page(page_id: str, site: str, *lines: tuple[str, str | None]) -> str:
    rows = [{"text": text, "label": label} for text, label in lines]
    return json.dumps({"id": page_id, "site": site, "lines": rows}, ensure_ascii=False)


def test_quick_is_a_configuration_of_its_own(tmp_path: Path) -> None:
    assert read_configuration(LineConfig, FIRST_LOOK).words < LineConfig().words
    done = locbao("train", "lines", "--quick", "--config", FIRST_LOOK, "-o", tmp_path / "model")
    assert (done.exit_code, "leave out --config" in done.stderr) == (2, True)


class TestOnTheExampleCorpus:
    def test_what_is_printed(self, trained: Training) -> None:
        lines = trained.output.splitlines()
        left = r"about \d+ (?:s|min|h) left"
        assert re.fullmatch(rf"read and composed 1\d+ pages, [\d,]+ lines; {left}", lines[0])
        scored = [line for line in lines if line.startswith("scored ")]
        assert re.fullmatch(rf"scored 2 of 2: without .+; {left}", scored[-1])
        assert any(line.startswith("| true label |") for line in lines)
        assert {row[0] for row in cells(trained.output)} >= {*LABELS, *SITES}
        assert lines[-1].startswith(f"saved {trained.folder} (")

    def test_the_folder_loads_and_labels(self, trained: Training) -> None:
        model = load(trained.folder)
        assert (model.name, len(model.digest)) == ("small", 64)
        labelled = model.label("Trang chủ\n\nChia sẻ\nCây cầu treo qua suối đã được bà con dựng lại sau mùa lũ.")
        assert [line.number for line in labelled.lines] == [1, 3, 4]
        assert {line.label for line in labelled.lines} <= set(LABELS)

    def test_the_manifest_tells_data_settings_and_scores(self, trained: Training) -> None:
        manifest = read(trained.folder).manifest
        assert [data["file"] for data in manifest["data"]] == [f"{site}.jsonl" for site in SITES]
        assert manifest["configuration"]["words"] == 200
        assert manifest["scores"][""]["pages"] == sum(
            len(p.read_bytes().splitlines()) for p in EXAMPLES.glob("*.jsonl")
        )
        assert manifest["scores"][""]["macro_f1"] > 0.8
        assert manifest["refit"] == ["lines", "--config", str(trained.config)]

    def test_the_card_has_the_scores_and_no_date(self, trained: Training) -> None:
        card = (trained.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
        assert card.startswith("---\nlanguage: vi\n")
        assert "\n---\n\n# small: a locbao line model\n" in card
        assert "| true label |" in card
        assert all(f"| {site}" in card for site in SITES)
        assert "- `lamgiang.jsonl` (sha256 " in card

    def test_evaluate_prints_its_tables(self, trained: Training) -> None:
        done = locbao("evaluate", ONE_SITE, "--model", trained.folder)
        assert done.exit_code == 0
        assert "all pages, model small " in done.stdout
        assert "| lamgiang " in done.stdout

    @pytest.mark.slow
    def test_the_same_data_and_settings_give_the_same_bytes(self, trained: Training, tmp_path: Path) -> None:
        again = train_apart(tmp_path / trained.folder.name, trained.config, hash_seed=7, cwd=tmp_path)
        assert contents(again.folder) == contents(trained.folder)


def test_another_seed_gives_another_model(train: Train, tmp_path: Path) -> None:
    for seed in (1, 2):
        assert train(*TWO_SITES, "--seed", seed, "--name", "same", output=str(seed)).exit_code == 0
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert one["lines.joblib"] != two["lines.joblib"]
    assert load(tmp_path / "1").digest != load(tmp_path / "2").digest


def test_the_order_of_options_and_the_place_of_the_folder_change_nothing(train: Train, tmp_path: Path) -> None:
    train("--seed", 3, *TWO_SITES, output="a/m")
    train(*TWO_SITES, "--seed", 3, output="b/m")
    assert contents(tmp_path / "a/m") == contents(tmp_path / "b/m")


def test_the_refit_command_makes_the_same_model(train: Train, tmp_path: Path) -> None:
    train(*TWO_SITES, "--name", "làng", "--seed", 5, output="a")
    refit = read(tmp_path / "a").manifest["refit"]
    locbao("train", *refit, "--no-track", "-o", tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_an_older_model_is_replaced_by_force_alone_and_anything_else_never(train: Train, tmp_path: Path) -> None:
    train(*TWO_SITES, "--name", "old")
    done = train(*TWO_SITES, "--name", "new")
    assert (done.exit_code, "--force to replace it" in done.stderr) == (1, True)
    assert load(tmp_path / "model").name == "old"
    assert train(*TWO_SITES, "--name", "new", "--force").exit_code == 0
    assert load(tmp_path / "model").name == "new"
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    for options in ([], ["--force"]):
        done = train(*TWO_SITES, *options, output="notes")
        assert (done.exit_code, done.stderr.startswith("Error: ")) == (1, True)
    assert contents(tmp_path / "notes") == {"a.txt": b"mine"}
    done = train(*TWO_SITES, "--predictions", tmp_path / "notes" / "a.txt", output="second")
    assert (done.exit_code, "nothing in it shows that locbao wrote it" in done.stderr) == (1, True)
    assert contents(tmp_path / "notes") == {"a.txt": b"mine"}
    for _ in range(2):
        assert train(*TWO_SITES, "--predictions", tmp_path / "p.gz", "--force").exit_code == 0


class TestNoScores:
    def test_a_corpus_of_one_site(self, train: Train, tmp_path: Path) -> None:
        done = train(ONE_SITE, config=QUICK.replace("folds = 0", "folds = 5"))
        assert done.exit_code == 0
        assert "not scored" in done.stdout
        assert "of one site or group alone" in done.stdout
        assert "true label" not in done.stdout
        assert read(tmp_path / "model").manifest["scores"] == {}
        assert "Not scored" in (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")

    def test_sites_that_are_all_held_out_together(self, train: Train) -> None:
        together = 'groups = [["lamgiang", "nhippho"]]\n'
        done = train(*TWO_SITES, config=QUICK.replace("folds = 0", "folds = 5") + together)
        assert "of one site or group alone" in done.stdout

    def test_when_they_are_not_wanted(self, train: Train) -> None:
        assert "not scored, and its probabilities not calibrated: folds = 0" in train(*TWO_SITES).stdout


GOOD = page("a", "làng", ("Cầu mới", "body"), ("Chia sẻ", "sidebar"))


class TestFaults:
    @pytest.mark.parametrize(
        ("row", "told"),
        [
            ("{", "corpus.jsonl:2: The row is not JSON"),
            (page("b", "làng", ("Cầu", "menu")), "corpus.jsonl:2, line 1 of page 'b': unknown label 'menu'"),
            (page("b", "", ("Cầu", "body")), "corpus.jsonl:2: no site"),
            (GOOD, "corpus.jsonl:2: id 'a' stands already at"),
        ],
    )
    def test_in_a_corpus(self, train: Train, tmp_path: Path, row: str, told: str) -> None:
        path = tmp_path / "corpus.jsonl"
        path.write_text(f"{GOOD}\n{row}\n", encoding="utf-8")
        refused(train(path), tmp_path, f"{tmp_path}/{told}")

    def test_in_material(self, train: Train, tmp_path: Path) -> None:
        path = tmp_path / "material.jsonl"
        path.write_text('{"title": "Mưa"}\n{"title": ""}\n', encoding="utf-8")
        refused(train("--material", path), tmp_path, f'{path}:2: no "title"')

    def test_files_that_are_not_there(self, train: Train, tmp_path: Path) -> None:
        missing = tmp_path / "none.jsonl"
        refused(train(missing), tmp_path, f"{missing}: The file cannot be read (No such file")
        refused(train("--material", missing), tmp_path, f"{missing}: The file cannot be read (No such file")
        refused(train("--config", missing), tmp_path, f"{missing}: cannot be read (No such file")

    def test_a_folder_without_a_corpus_is_not_taken_for_the_examples(self, train: Train, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        refused(train(tmp_path / "empty"), tmp_path, "no corpus in this folder")

    def test_in_the_settings(self, train: Train, tmp_path: Path) -> None:
        refused(train(config="word = 3"), tmp_path, "quick.toml: unknown key 'word'. Known keys: seed, ")
        refused(train(config='words = "3"'), tmp_path, "quick.toml: words: '3' is of the wrong type")

    @pytest.mark.parametrize("name", ["a\tb", "lines" * 41])
    def test_a_name_that_no_model_can_have_is_refused_before_the_work(
        self, train: Train, tmp_path: Path, name: str
    ) -> None:
        refused(train("--name", name), tmp_path, "no model can have its name. Give it one of 200 characters")

    def test_a_place_that_cannot_be_written_is_refused_before_the_work(self, train: Train, tmp_path: Path) -> None:
        done = train(output="/proc/models/model")
        refused(done, tmp_path, "The model was not saved to '/proc/models/model': ")
        assert "read and composed" not in done.stdout

    def test_predictions_within_the_model_are_refused_before_the_work(self, train: Train, tmp_path: Path) -> None:
        refused(train("--predictions", tmp_path / "model" / "held_out.jsonl"), tmp_path, "Give --predictions another")

    def test_section_pages_alone(self, train: Train, tmp_path: Path) -> None:
        path = tmp_path / "sections.jsonl"
        rows = [page(site, site, *[(f"mục số {n}", "sidebar") for n in range(9)]) for site in ("làng", "núi")]
        path.write_text("\n".join(rows), encoding="utf-8")
        refused(train(path), tmp_path, "no article with a headline and paragraphs")

    def test_a_label_that_is_never_met(self, train: Train, tmp_path: Path) -> None:
        path = tmp_path / "corpus.jsonl"
        paragraph = "Cây cầu treo đã được bà con dựng lại sau mùa lũ. " * 9
        lines = [("Cầu mới", "body"), (paragraph, "body"), (paragraph, "body"), ("Chia sẻ", "sidebar")]
        path.write_text("\n".join(page(name, name, *lines) for name in "abcd"), encoding="utf-8")
        done = train(path, config=QUICK.replace("composed = 10", "composed = 0"))
        refused(done, tmp_path, "none of 16 training lines is caption")

    def test_lines_without_weight(self, train: Train, tmp_path: Path) -> None:
        done = train(config=QUICK.replace("composed = 10", "composed = 0") + "labelled_weight = 0\n")
        refused(done, tmp_path, "training lines add up to 0. Set other weights in the configuration")
