"""What a training leaves in MLflow, and that a store which fails costs the record, never the model."""

import csv
import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from locbao.features.labels import LABELS
from locbao.predict.load import load
from locbao.train.evaluation.predictions import HELD_OUT, read_held_out
from locbao.train.lines.config import LineConfig
from locbao.train.lines.run import train_lines
from locbao.train.tracking.mlflow_models import described
from locbao.train.tracking.mlflow_runs import fetch_run, flat
from locbao.train.tracking.mlflow_store import PROCESS, connect
from locbao.train.tracking.run_origin import commit, gone, own_process
from locbao.train.tracking.tracked_run import PastRun, RunOutcome, RunPlan, Table, TrackingError
from tests.support.tracked import Desk, silent
from tests.support.training import TWO_SITES, contents, one_core

PLAN = RunPlan("lines", "trial", {"seed": 1}, experiment="trials")
PARENT = "mlflow.parentRunId"


def runs(desk: Desk, experiment: str = "lines") -> list[PastRun]:
    return desk.tracker().runs(experiment)


@pytest.fixture(scope="module")
def fair(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[PastRun, Path]:
    """The run of the fair model, and its files."""
    [run] = [run for run in runs(desk) if run.name == "fair"]
    folder = tmp_path_factory.mktemp("files")
    return fetch_run(desk.store(), run.id, folder), folder


class TestARun:
    def test_configuration_and_origin(self, fair: tuple[PastRun, Path]) -> None:
        run, _ = fair
        assert (run.status, run.tags.get(PARENT), run.tags["kind"]) == ("FINISHED", None, "lines")
        assert run.params["composed"] == "20"
        assert set(run.params) == set(LineConfig().as_dict())
        assert {f"version.{name}" for name in ("locbao", "scikit-learn", "numpy", "python", "mlflow")} <= set(run.tags)
        found = commit()
        assert run.tags.get("mlflow.source.git.commit") == found.get("mlflow.source.git.commit")

    def test_data_with_digests(self, desk: Desk, fair: tuple[PastRun, Path]) -> None:
        inputs = desk.store().client.get_run(fair[0].id).inputs.dataset_inputs
        found = {each.dataset.name: (each.dataset.digest, each.tags[0].value) for each in inputs}
        digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:32] for path in TWO_SITES}
        assert found == {name: (digest, "corpus") for name, digest in digests.items()}

    def test_few_metrics_and_all_figures_with_intervals_in_a_table(self, fair: tuple[PastRun, Path]) -> None:
        run, folder = fair
        figures = ("macro_f1", "body_f1", "caption_f1", "sidebar_f1", "body_token_f1", "calibration_error")
        seconds = {f"seconds/{step}" for step in ("compose", "features", "score", "fit", "all")}
        assert set(run.metrics) == {f"all/{name}" for name in figures} | seconds | {"temperature", "model/bytes"}
        with (folder / "tables" / "scores.csv").open(encoding="utf-8", newline="") as file:
            rows = {(row["scope"], row["figure"]): row for row in csv.DictReader(file)}
        for name in figures:
            row = rows["all", name]
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
            assert abs(float(row["value"]) - run.metrics[f"all/{name}"]) < 1e-6
        assert {(path.stem, "macro_f1") for path in TWO_SITES} <= set(rows)

    def test_descriptions_and_parameters_are_there(self, desk: Desk, fair: tuple[PastRun, Path]) -> None:
        client = desk.store().client
        version = client.get_model_version("locbao", "1")
        assert version.description.startswith("# fair: a locbao line model")
        about, card = client.get_registered_model("locbao").description.split("\n\n", 1)
        assert "models:/locbao@champion" in about
        assert card.startswith("# poor: a locbao line model")
        assert "tables/scores.csv" in client.get_experiment_by_name("locbao-lines").tags["mlflow.note.content"]
        assert client.get_logged_model(version.source.removeprefix("models:/")).params == fair[0].params

    def test_a_long_card_is_cut_at_a_line_and_loses_its_front_matter(self) -> None:
        assert described("---\nlanguage: vi\n---\n\n# Card\n\n---\n") == "# Card\n\n---\n"
        text = described("dòng chữ\n" * 1000)
        assert len(text) <= 5000
        assert len(described("dòng chữ\n" * 1000, 300)) <= 4700
        assert set(text.splitlines()[:-2]) == {"dòng chữ"}
        assert "MODEL_CARD.md" in text.splitlines()[-1]

    def test_folds_are_runs_below_it(self, desk: Desk, fair: tuple[PastRun, Path]) -> None:
        folds = [run for run in runs(desk) if run.tags.get(PARENT) == fair[0].id]
        assert sorted(run.name for run in folds) == [f"without {path.stem}" for path in TWO_SITES]
        assert all(run.status == "FINISHED" and run.metrics["seconds"] > 0 for run in folds)
        assert all(0 < run.metrics["all/macro_f1"] <= 1 for run in folds)

    def test_pictures(self, fair: tuple[PastRun, Path]) -> None:
        _, folder = fair
        found = {path.relative_to(folder).as_posix() for path in folder.glob("figures/**/*.png")}
        names = ("all/confusion", "all/reliability", "all/sites", "coefficients")
        assert found == {f"figures/{name}.png" for name in names}
        assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in found)

    def test_the_mistakes_line_by_line(self, fair: tuple[PastRun, Path]) -> None:
        _, folder = fair
        pages = [page for held in read_held_out(folder / HELD_OUT).values() for page in held]
        best = {page.id: [LABELS[index] for index in page.probabilities.argmax(axis=1)] for page in pages}
        wrong = sum(
            truth != label and bool(sure)
            for page in pages
            for truth, label, sure in zip(page.truth, best[page.id], page.sure, strict=True)
        )
        with (folder / "tables" / "errors.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == wrong > 0
        assert [row["probability"] for row in rows] == sorted((row["probability"] for row in rows), reverse=True)
        assert all(row["truth"] != row["predicted"] and int(row["line"]) > 0 for row in rows)

    def test_the_model_is_the_one_on_disk_and_the_one_of_an_untracked_training(
        self, desk: Desk, fair: tuple[PastRun, Path], tmp_path: Path
    ) -> None:
        with one_core():
            digest = train_lines(TWO_SITES, tmp_path / "fair", config=desk.folder / "fair.toml", tell=silent)
        assert fair[0].tags["digest"] == digest
        assert contents(tmp_path / "fair") == contents(desk.folder / "fair")


class TestTheLoggedModel:
    @pytest.fixture
    def folder(self, desk: Desk) -> Path:
        """What MLflow keeps of the fair model."""
        [folder] = {path.parents[2] for path in (desk.folder / "mlruns").glob("**/artifacts/data/fair/manifest.json")}
        return folder

    def test_is_saved_with_the_code_that_labels_and_without_a_pickle_of_its_own(self, folder: Path) -> None:
        files = {path.relative_to(folder).as_posix() for path in folder.glob("**/*") if path.is_file()}
        files.discard("registered_model_meta")  # MLflow writes it where a version is loaded
        assert {name for name in files if Path(name).suffix not in {".json", ".yaml", ".txt", ".md", ".py"}} == {
            "MLmodel",
            "data/fair/lines.joblib",
            "data/fair/site.joblib",
            "code/locbao/features/py.typed",
            "code/locbao/predict/py.typed",
        }
        assert "loader_module: locbao.predict.mlflow_pyfunc" in (folder / "MLmodel").read_text(encoding="utf-8")

    def test_requires_what_anybody_can_install(self, folder: Path) -> None:
        required = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
        assert f"numpy=={version('numpy')}" in required
        assert not [line for line in required if line.startswith("locbao")]

    def test_labels_where_locbao_is_not_installed(self, desk: Desk, folder: Path) -> None:
        import mlflow

        code = (
            "import sys; sys.path.append(sys.argv[1])\n"
            "import mlflow, pandas as pd\n"
            "model = mlflow.pyfunc.load_model(sys.argv[2])\n"
            "import locbao; print(locbao.__file__)\n"
            "print(model.predict(pd.DataFrame({'text': ['Trang chủ']}))['lines'][0][0]['label'])\n"
        )
        libraries = Path(mlflow.__file__).parents[1]
        command = [sys.executable, "-S", "-B", "-c", code]  # -B: nothing is compiled into the model
        done = subprocess.run(  # -S: only those libraries, and nothing that is installed in place
            [*command, libraries, folder], cwd=desk.folder, env={"PATH": os.environ["PATH"]},
            capture_output=True, encoding="utf-8", check=True, timeout=300,
        )  # fmt: skip
        assert done.stdout.splitlines() == [str(folder / "code/locbao/__init__.py"), "sidebar"]


class TestAnAddress:
    @pytest.fixture(autouse=True)
    def _here(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        connect(desk.uri)
        monkeypatch.chdir(desk.folder)

    def test_versions_and_runs_load(self, desk: Desk, fair: tuple[PastRun, Path]) -> None:
        for address in ("models:/locbao/1", f"runs:/{fair[0].id}/model"):
            assert load(address).digest == load(desk.folder / "fair").digest

    @pytest.mark.parametrize("address", ["models:/locbao@nobody", "models:/nothing/1", "runs:/0/model", "models:/"])
    def test_what_is_not_there(self, address: str) -> None:
        with pytest.raises(Exception, match="locbao models list") as caught:
            load(address)
        assert type(caught.value).__name__ == "UnknownModel"

    def test_a_changed_model_is_refused(self, desk: Desk) -> None:
        [part] = (desk.folder / "mlruns").glob("**/models/*/artifacts/data/poor/lines.joblib")
        before = part.read_bytes()
        part.write_bytes(before[:-1] + b"!")
        try:
            with pytest.raises(Exception, match=r"lines\.joblib"):
                load("models:/locbao/2")
        finally:
            part.write_bytes(before)


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{tmp_path.as_posix()}/mlflow.db")
    with pytest.raises(Exception, match=r"there is no .*mlflow\.db"):
        load("models:/locbao@champion")
    with pytest.raises(TrackingError, match=r"there is no .*mlflow\.db"):
        connect(f"sqlite:///{tmp_path.as_posix()}/mlflow.db", writing=False)
    assert list(tmp_path.iterdir()) == []


class TestARunThatBreaksOff:
    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
    def test_is_marked_at_once(self, desk: Desk, error: type[BaseException]) -> None:
        with pytest.raises(error), desk.tracker().run(PLAN) as run:
            raise error("thrown")
        found = next(past for past in runs(desk, "trials") if past.id == run.id)
        assert (found.status, found.tags["failure"]) == ("FAILED", f"{error.__name__}: thrown")

    def test_and_was_killed_is_marked_by_who_comes_next(self, desk: Desk) -> None:
        client = desk.store().client
        dead = subprocess.run(
            [sys.executable, "-c", "from locbao.train.tracking.run_origin import own_process; print(own_process())"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        elsewhere = f"another-machine {os.getpid()} 1"
        experiment = desk.store().experiment("trials")
        made = [
            client.create_run(experiment, tags={PROCESS: process}).info.run_id
            for process in (dead, own_process(), elsewhere)
        ]
        status = {run.id: run.status for run in runs(desk, "trials")}
        assert [status[run] for run in made] == ["FAILED", "RUNNING", "RUNNING"]
        for run in made:
            client.delete_run(run)


def test_processes_are_told_apart() -> None:
    mine = own_process()
    machine, number, start = mine.rsplit(" ", 2)
    assert not gone(mine)
    assert gone(f"{machine} {number} {start}1")
    assert not gone("")


def test_long_and_nested_settings_become_parameters() -> None:
    found = flat({"recipe": {"no_lead": 0.3}, "families": ("shape", "words"), "empty": {}, "text": "ô" * 600})
    assert found.pop("text") == "ô" * 499 + "…"
    assert found == {"recipe.no_lead": "0.3", "families": '["shape", "words"]', "empty": "{}"}


def test_a_second_kind_of_training_needs_a_few_lines(desk: Desk, tmp_path: Path) -> None:
    table = Table(("article", "topic"), [("bài 1", "asean")])
    with desk.tracker().run(RunPlan("topics", "trial", {"threshold": 0.5})) as run:
        figures = {"asean/f1": 0.75, "empty/f1": float("nan")}
        run.finish(RunOutcome(figures, tables={"errors": table}, files={"a/b.txt": b"c"}))
    past = fetch_run(desk.store(), str(run.id), tmp_path)
    assert past.metrics["asean/f1"] == 0.75
    assert "empty/f1" not in past.metrics
    assert (tmp_path / "tables" / "errors.csv").read_text(encoding="utf-8") == "article,topic\nbài 1,asean\n"
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"c"
