"""The gate: what fails it, and what it says then."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.gate import (
    FLOORS,
    FigureGroup,
    Floors,
    GateError,
    article_counts,
    articles_out_of_site,
    as_floors,
    compared,
    earlier,
    lowered,
    run,
)
from locbao.predict.load import load
from locbao.train.configuration import ConfigError
from locbao.train.evaluation.predictions import write_held_out
from tests.train.evaluation.test_score import page

REASON = "The new sites are harder."


def floors(**figures: object) -> Floors:
    return as_floors({"lines": {"data": "d1", "floors": figures}}, "floors.toml")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped model's floors with one place changed."""
    text = FLOORS.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "floors.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_shipped_model_holds_and_what_was_skipped_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(cases=tmp_path / "none.jsonl", predictions=tmp_path / "none.jsonl")
    printed = capsys.readouterr().out
    assert "| lines, full, macro f1 " in printed
    assert printed.count("skipped: ../shared is not there") == 3
    assert printed.count("skipped: no predictions of `make model`") == 4


def test_a_figure_that_fell_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, 'right topics" = { floor = 4 }', 'right topics" = { floor = 5 }')
    with pytest.raises(GateError, match=r"(?m)^demo, pages with the right topics: 4, floor 5\.$"):
        run(floors=path, cases=tmp_path / "none.jsonl", predictions=tmp_path / "none.jsonl")
    assert "FELL" in capsys.readouterr().out


def test_a_file_of_floors_that_says_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"demo\.floors\.pages with the right topics: unknown key 'least'"):
        run(floors=changed(tmp_path, 'right topics" = { floor', 'right topics" = { least'))


def test_figures_against_floors() -> None:
    rows, faults = compared(
        floors(f1={"floor": 0.9}, recall={"floor": 0.5}, gone={"floor": 1}, dropped={"reason": REASON}),
        {"lines": FigureGroup("d1", {"f1": 0.8999, "recall": 0.5, "new": 0.7})},
    )
    assert rows == [
        ["lines, f1", "0.9", "0.8999", "FELL"],
        ["lines, recall", "0.5", "0.5", ""],
        ["lines, new", "–", "0.7", "no floor"],
    ]
    assert faults == [
        "lines, f1: 0.8999, floor 0.9.",
        "lines, new: 0.7, no floor.",
        "lines, gone: has a floor, but is not measured.",
    ]


def test_other_data_are_named() -> None:
    _, faults = compared(floors(f1={"floor": 0.9}), {"lines": FigureGroup("d2", {"f1": 0.95})})
    assert faults == ["lines: measured on data d2, but the floors are of data d1."]
    assert compared(floors(f1={"floor": 0.9}), {})[1] == ["lines: has floors, but is not measured."]


@pytest.mark.parametrize(
    ("before", "now", "fault"),
    [
        ({"floor": 0.9}, {"floor": 0.9}, None),
        ({"floor": 0.9}, {"floor": 0.91}, None),
        ({"floor": 0.9}, {"floor": 0.89}, "lowered to 0.89"),
        ({"floor": 0.9}, {"floor": 0.89, "reason": REASON}, None),
        ({"floor": 0.9, "reason": REASON}, {"floor": 0.89, "reason": REASON}, "lowered to 0.89"),
        ({"floor": 0.9, "reason": REASON}, {"floor": 0.89, "reason": "Fewer pages."}, None),
        ({"floor": 0.9}, {}, "taken out"),
        ({"floor": 0.9}, {"reason": REASON}, None),
        ({"reason": REASON}, {"floor": 0.1}, None),
    ],
)
def test_a_lower_floor_needs_a_new_reason(before: dict[str, object], now: dict[str, object], fault: str | None) -> None:
    faults = lowered(floors(f1=now), floors(f1=before))
    assert faults == [f"lines, f1: the floor 0.9 was {fault}: write the reason beside it."] * (fault is not None)


def test_a_group_that_is_gone_was_lowered_too() -> None:
    assert lowered({}, floors(f1={"floor": 0.9})) == [
        "lines, f1: the floor 0.9 was taken out: write the reason beside it."
    ]


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_earlier_floors_come_from_every_commit(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=An", "-c", "user.email=an@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    path = tmp_path / "floors.toml"
    git("init")
    for floor in (0.9, 0.8, 0.7):
        path.write_text(f'[lines]\ndata = "d1"\nfloors.f1 = {{ floor = {floor} }}\n', encoding="utf-8")
        if floor > 0.7:
            git("add", ".")
            git("commit", "-m", "floors")
    assert [version["lines"].floors["f1"].floor for version in earlier(path)] == [0.8, 0.9]


def test_without_a_repository_there_are_no_earlier_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert earlier(tmp_path / "floors.toml") == []


def test_lost_articles_and_headlines() -> None:
    body, _, sidebar = np.eye(3)
    whole = page(["sidebar", "body", "body"], [sidebar, body, body])
    beheaded = page(["body", "body", "body", "body"], [sidebar, body, body, body])
    lost = page(["body", "body"], [sidebar, sidebar])
    none = page(["sidebar"], [body])
    assert article_counts([whole, beheaded, lost, none]) == {"articles not lost": 2, "headlines found": 1}


@pytest.mark.parametrize("styles", [("full", "main"), ("",)])
def test_predictions_of_another_model_are_not_taken_for_its_own(tmp_path: Path, styles: tuple[str, ...]) -> None:
    scored = [page(["sidebar", "body"], [np.eye(3)[2], np.eye(3)[0]])]
    write_held_out(tmp_path / "predictions.jsonl", dict.fromkeys(styles, scored))
    skipped = articles_out_of_site(tmp_path / "predictions.jsonl", load().manifest)
    assert skipped == "skipped: predictions of another model"
