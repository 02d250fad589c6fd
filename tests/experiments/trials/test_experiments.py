"""Plans, their trials, the rows they leave, and the comparison: with a kind of training that costs nothing."""

import csv
from pathlib import Path

import pytest

from locbao.experiments.result_files import PLAN_RESULTS
from locbao.experiments.trials import runner
from locbao.experiments.trials.plan import KINDS, PLANS, ExperimentPlan, find_plans
from locbao.experiments.trials.trial_results import COLUMNS, current_rows, markdown, read_rows, write_comparison
from locbao.train.configuration import ConfigError
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.evaluation.estimates import Estimate
from tests.experiments.trials.guesses import PLAN, Guesses, carried_out, written
from tests.support.tables import cells


@pytest.fixture
def guesses(monkeypatch: pytest.MonkeyPatch) -> Guesses:
    kind = Guesses()
    monkeypatch.setitem(KINDS, "guesses", kind)
    monkeypatch.setattr(
        runner, "commit", lambda folder: {"mlflow.source.git.commit": "c0ffee" * 7, "git.changed": "no"}
    )
    return kind


class TestPlan:
    def test_every_variant_at_every_point_of_the_grid_for_every_repeat(self, tmp_path: Path) -> None:
        text = PLAN.replace('against = "plain"', 'against = "plain, wide=1"')
        trials = written(tmp_path, text + "[grid]\nwide = [1, 2]\n[repeat]\nseed = [7, 8]\n").trials()
        assert [str(trial) for trial in trials if trial.repeat["seed"] == 7] == [
            "plain, wide=1, seed=7",
            "plain, wide=2, seed=7",
            "lucky, wide=1, seed=7",
            "lucky, wide=2, seed=7",
        ]
        assert len(trials) == 8
        assert trials[-1].configuration == {"seed": 8, "luck": 0.75, "wide": 2}

    def test_a_variant_that_says_itself_is_not_repeated_and_serves_as_base_for_all(self, tmp_path: Path) -> None:
        text = PLAN.replace("plain = {}", "plain = { seed = 5 }") + "[repeat]\nseed = [7, 8]\n"
        plan = written(tmp_path, text)
        assert [str(trial) for trial in plan.trials()] == ["plain", "lucky, seed=7", "lucky, seed=8"]
        assert [str(plan.base_of(trial)) for trial in plan.trials()] == ["None", "plain", "plain"]

    def test_a_base_has_the_same_repeat(self, tmp_path: Path) -> None:
        plan = written(tmp_path, PLAN + "[repeat]\nseed = [7, 8]\n")
        assert str(plan.base_of(plan.trials()[-1])) == "plain, seed=8"

    def test_a_base_out_of_a_file_and_a_grid_alone(self, tmp_path: Path) -> None:
        (tmp_path / "base.toml").write_text("luck = 0.25\n", encoding="utf-8")
        text = 'title = "G"\nkind = "guesses"\nbase = "base.toml"\n[grid]\nluck = [0.5, 1.0]\nseed = [1]\n'
        trials = written(tmp_path, text).trials()
        assert [str(trial) for trial in trials] == ["luck=0.5, seed=1", "luck=1.0, seed=1"]
        assert trials[0].configuration == {"luck": 0.5, "seed": 1}

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (("title =", "titel ="), "unknown key 'titel'"),
            (('title = "Guesses"', ""), "title: missing"),
            (('title = "Guesses"', "title = 3"), "title: 3 is of the wrong type. It should be a text"),
            (
                ('note = "They are guesses."', 'groups = "all"'),
                "groups: 'all' is of the wrong type. It should be a list",
            ),
            (("plain = {}", "plain = 3"), r"variants\.plain: 3 is of the wrong type. It should be a table"),
            (('against = "plain"', 'against = "pain"'), "no variant 'pain' to set the others against"),
            (
                ('note = "They are guesses."', "[grid]\n" + "".join(f"k{n} = [1, 2]\n" for n in range(40))),
                "up to 2,199,023,255,552 trainings to do. Give fewer variants or values: 1,000 trainings at most",
            ),
            (
                ("[variants]", "[grid]\nwide = 3\n[variants]"),
                r"grid\.wide: 3 is of the wrong type. It should be a list",
            ),
            (("[base]\nseed = 1\nluck = 0.5", 'base = "none.toml"'), r"none\.toml: cannot be read"),
            (("[base]", "[base"), "not TOML"),
            (("[variants]\nplain = {}\nlucky = { luck = 0.75 }", ""), "nothing to try"),
        ],
    )
    def test_a_plan_that_cannot_be_carried_out(self, tmp_path: Path, change: tuple[str, str], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            written(tmp_path, PLAN.replace(*change))

    def test_found_by_name_by_file_and_by_folder(self, tmp_path: Path) -> None:
        names = [path.stem for path in sorted(PLANS.glob("*.toml"))]
        assert [plan.name for plan in find_plans(str(PLANS))] == names
        assert find_plans("ablation") == find_plans(str(PLANS / "ablation.toml"))
        with pytest.raises(ConfigError, match="Give a file, a folder or one of: ablation, sites"):
            find_plans("ablate")
        with pytest.raises(ConfigError, match="no plan in this folder"):
            find_plans(str(tmp_path))

    @pytest.mark.parametrize("plan", find_plans(str(PLANS)), ids=lambda plan: plan.name)
    def test_the_plans_that_come_with_locbao_can_be_run(self, plan: ExperimentPlan) -> None:
        for trial in plan.trials():
            assert KINDS[plan.kind].configure(trial.configuration, str(trial))


class TestRun:
    def test_every_trial_leaves_a_row_and_none_is_run_again(self, tmp_path: Path, guesses: Guesses) -> None:
        plan = written(tmp_path)
        assert carried_out(plan, tmp_path)[0] == "guesses: 2 trials, 0 of them finished before"
        rows = read_rows("guesses", tmp_path / "results")
        assert [(row.variant, row.figures["all"]["hits"].value) for row in rows] == [("plain", 0.5), ("lucky", 0.75)]
        assert rows[0].change == {}
        assert rows[1].change["all"]["hits"] == Estimate(0.25, 0.2, 0.3)
        assert rows[1].configuration == {"seed": 1, "luck": 0.75}
        assert (rows[1].commit, len(rows[1].data or "")) == ("c0ffeec0ffee", 64)
        assert carried_out(plan, tmp_path) == ["guesses: 2 trials, 2 of them finished before"]
        assert guesses.ran == [0.5, 0.75]

    def test_one_that_was_cut_off_goes_on(self, tmp_path: Path, guesses: Guesses) -> None:
        plan = written(tmp_path, PLAN + "luckier = { luck = 1.0 }\n")
        guesses.cut_off_at = 2
        with pytest.raises(KeyboardInterrupt):
            carried_out(plan, tmp_path)
        assert [row.variant for row in read_rows("guesses", tmp_path / "results")] == ["plain", "lucky"]
        guesses.cut_off_at = -1
        messages = carried_out(plan, tmp_path)
        assert messages[:2] == [
            "guesses: 3 trials, 2 of them finished before",
            "plain: once more, to set the others against it page by page",
        ]
        assert guesses.ran == [0.5, 0.75, 0.5, 1.0]
        assert [row.variant for row in read_rows("guesses", tmp_path / "results")] == ["plain", "lucky", "luckier"]

    def test_another_configuration_or_other_data_are_run_anew(self, tmp_path: Path, guesses: Guesses) -> None:
        carried_out(written(tmp_path), tmp_path)
        carried_out(written(tmp_path, PLAN.replace("0.75", "0.8")), tmp_path)
        assert guesses.ran == [0.5, 0.75, 0.5, 0.8]
        guesses.data = "b" * 64
        messages = carried_out(written(tmp_path), tmp_path)
        assert messages[0] == "guesses: 2 trials, 0 of them finished before"

    def test_what_cannot_be_configured_stops_before_anything_is_run(self, tmp_path: Path, guesses: Guesses) -> None:
        with pytest.raises(ConfigError, match=r"guesses\.toml, lucky: too lucky"):
            carried_out(written(tmp_path, PLAN.replace("0.75", "2")), tmp_path)
        assert guesses.ran == []
        with pytest.raises(ConfigError, match=r"unknown kind 'tarot'\. Known kinds: lines"):
            carried_out(written(tmp_path, PLAN.replace('kind = "guesses"', 'kind = "tarot"')), tmp_path)

    @pytest.mark.usefixtures("guesses")
    def test_a_torn_row_is_named(self, tmp_path: Path) -> None:
        plan = written(tmp_path)
        carried_out(plan, tmp_path)
        with (tmp_path / "results" / "guesses.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"variant": "lu')
        with pytest.raises(CorpusError, match=r"guesses\.jsonl:3: not a result .* Remove that line"):
            carried_out(plan, tmp_path)


class TestComparison:
    @pytest.mark.usefixtures("guesses")
    def test_markdown_and_csv(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        plan = written(tmp_path, PLAN + "[repeat]\nluck = [0.5, 1.0]\n")
        carried_out(plan, tmp_path)
        text = write_comparison(plan, tmp_path / "results")
        assert text == (tmp_path / "results" / "guesses.md").read_text(encoding="utf-8").removesuffix("\n")
        assert text in capsys.readouterr().out
        head = " ".join(text.split("\n\n")[1].split())
        row = read_rows("guesses", tmp_path / "results")[0]
        assert head.startswith(f"Measured {row.date}; commit c0ffeec0ffee; data {(row.data or '')[:12]}; locbao ")
        assert head.endswith(
            "In brackets: 95 % intervals. Changes are those against `plain`, scored on the same pages. "
            "Means over luck 0.5, 1.0."
        )
        assert cells(text)[2:] == [
            ["plain", "0.750 [0.650, 0.850]", ""],
            ["lucky", "0.750 [0.650, 0.850]", "+0.250 [+0.200, +0.300]"],
        ]
        assert text.endswith("They are guesses.")
        with (tmp_path / "results" / "guesses.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert tuple(header) == COLUMNS
        assert rows[0][:9] == ["plain", "luck=0.5", "all", "hits", "0.5000", "0.4000", "0.6000", "", ""]
        assert len(rows) == 3  # the variant `lucky` says itself how lucky it is

    def test_what_is_not_finished_is_said(self, tmp_path: Path, guesses: Guesses) -> None:
        plan = written(tmp_path)
        with pytest.raises(CorpusError, match="Run it first: locbao experiments run"):
            write_comparison(plan, tmp_path / "results")
        guesses.cut_off_at = 1
        with pytest.raises(KeyboardInterrupt):
            carried_out(plan, tmp_path)
        assert "Not finished: lucky." in write_comparison(plan, tmp_path / "results")

    def test_rows_of_other_data_are_not_compared(self, tmp_path: Path, guesses: Guesses) -> None:
        plan = written(tmp_path)
        carried_out(plan, tmp_path)
        guesses.data, guesses.ran, guesses.cut_off_at = "b" * 64, [], 1
        with pytest.raises(KeyboardInterrupt):
            carried_out(plan, tmp_path)
        rows = current_rows(plan, read_rows("guesses", tmp_path / "results"))
        assert [row.variant for row in rows] == ["plain"]

    @pytest.mark.parametrize("plan", find_plans(str(PLANS)), ids=lambda plan: plan.name)
    def test_the_recorded_comparisons_are_those_of_the_recorded_rows(self, plan: ExperimentPlan) -> None:
        recorded = (PLAN_RESULTS / f"{plan.name}.md").read_text(encoding="utf-8")
        assert markdown(plan, current_rows(plan, read_rows(plan.name))) + "\n" == recorded
        assert (PLAN_RESULTS / f"{plan.name}.csv").exists()
