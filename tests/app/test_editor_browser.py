"""`locbao corpus edit` in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from locbao.editor import Editor
from tests.app.browser import ENTER, Browser
from tests.app.editing import SCRIPT, serving
from tests.support.command import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def editor(path: Path) -> Iterator[Editor]:
    with serving(path) as editor:
        yield editor


def labels(path: Path, place: int = 0) -> list[str | None]:
    row = json.loads(path.read_bytes().split(b"\n")[place])
    return [line.get("label") for line in row["lines"]]


def state(browser: Browser) -> str:
    return str(browser.run("return document.getElementById('state').textContent"))


def saved(browser: Browser) -> None:
    wait_for(
        lambda: state(browser) == "Everything is saved." and browser.run("return document.readyState") == "complete"
    )


def test_keys_label_lines_and_ranges_and_all_is_saved(browser: Browser, editor: Editor, path: Path) -> None:
    browser.open(editor.address)
    browser.press("c")  # the least sure line comes first
    saved(browser)
    assert labels(path) == ["caption", None, "body", "sidebar"]
    browser.press("nb")
    saved(browser)
    assert labels(path) == ["caption", None, "body", "body"]
    browser.press("kS")  # all around it that are body
    saved(browser)
    assert labels(path) == ["caption", None, "sidebar", "sidebar"]
    browser.press("zu")
    saved(browser)
    assert labels(path) == ["caption", None, "body", "body"]
    assert json.loads(path.read_bytes().split(b"\n")[0])["lines"][2]["sure"] is False
    browser.press("kvjjs")
    saved(browser)
    assert labels(path) == ["sidebar", None, "sidebar", "sidebar"]
    browser.press(ENTER)
    wait_for(lambda: "1 of 2 · 2 checked" in str(browser.run("return document.body.textContent")))
    browser.press("l")
    wait_for(lambda: browser.run("return document.querySelector('h1').textContent") == "b")
    browser.press("b")
    saved(browser)
    assert labels(path, 3) == ["body"]


def test_a_page_with_few_wrong_lines_takes_few_keys(browser: Browser, path: Path) -> None:
    """Wrong are five lines of which the model is unsure, among as many that are right, and a block of four."""
    truth = ["sidebar"] * 20 + ["body"] * 60 + ["sidebar"] * 40
    lines = [{"text": f"Dòng {number}", "label": label, "score": 0.98} for number, label in enumerate(truth)]
    for place, score in zip(range(22, 72, 10), (0.5, 0.54, 0.58, 0.62, 0.66), strict=True):
        lines[place] |= {"label": "caption", "score": score}
        lines[place + 5]["score"] = score + 0.02
    for line in lines[100:104]:
        line["label"] = "body"
    path.write_text(json.dumps({"id": "a", "site": "s", "lines": lines}) + "\n", encoding="utf-8")
    wrong = sum(line["label"] != label for line, label in zip(lines, truth, strict=True))
    with serving(path) as editor:
        browser.open(editor.address)
        keys = ""
        while labels(path) != truth and len(keys) <= 2 * wrong + 10:
            place = int(browser.run("return document.querySelector('li.here').id.slice(1)")) - 1
            last = wrong - 5 == sum(label != right for label, right in zip(labels(path), truth, strict=True))
            move, relabel = ("]", "S") if last else ("n", truth[place][0])
            key = move if labels(path)[place] == truth[place] else relabel
            browser.press(key)
            saved(browser)
            keys += key
    assert labels(path) == truth
    assert len(keys) <= 2 * wrong + 10


def test_a_page_of_script_tags_stays_text_and_no_request_leaves(browser: Browser, editor: Editor) -> None:
    browser.requests()
    browser.complaints()
    browser.open(editor.address)
    browser.press("w")
    wait_for(lambda: browser.run("return document.querySelectorAll('.why tr').length") == 2)
    assert browser.run("return document.title") == f"{SCRIPT} · locbao"
    assert browser.run("return document.querySelector('main li p').textContent") == SCRIPT
    assert browser.run("return document.scripts.length") == 1
    assert browser.complaints() == []
    asked = browser.requests()
    assert asked
    assert all(address.startswith((editor.address, "data:")) for address in asked)


def test_of_two_tabs_the_late_one_says_that_it_saved_nothing(browser: Browser, editor: Editor, path: Path) -> None:
    first = browser.tab()
    browser.open(editor.address)
    browser.new_tab()
    browser.open(editor.address)
    browser.press("c")
    saved(browser)
    browser.switch(first)
    browser.press("s")
    wait_for(lambda: "another tab" in state(browser))
    browser.press("b")
    assert labels(path) == ["caption", None, "body", "sidebar"]
    browser.run("document.querySelector('#state button').click()")
    saved(browser)
    browser.press("kks")
    saved(browser)
    assert labels(path) == ["sidebar", None, "body", "sidebar"]


def test_where_the_editor_has_ended_the_page_says_so(browser: Browser, path: Path) -> None:
    with serving(path) as editor:
        browser.open(editor.address)
        browser.press("c")
        saved(browser)
    browser.press("s")
    wait_for(lambda: "does not answer" in state(browser))
    assert labels(path) == ["caption", None, "body", "sidebar"]


def test_a_narrow_page_is_no_wider_than_its_window(browser: Browser, editor: Editor) -> None:
    browser.emulate("setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    colours = set()
    for scheme in ("light", "dark"):
        browser.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open(editor.address)
        assert browser.run("return document.documentElement.scrollWidth") == 390
        colours.add(browser.run("return getComputedStyle(document.body).backgroundColor"))
    browser.emulate("clearDeviceMetricsOverride")
    assert len(colours) == 2
