"""One page for the eye: terminal, pipe, HTML; and hostile text in all of them."""

import io
import re
from html.parser import HTMLParser

import pytest

from locbao.experiments.trials.report_parts import Report, Section
from locbao.predict.explain import Explanation, Reason
from locbao.predict.labelled import LabelledPage
from locbao.rendering.html_documents import render_page, render_report
from locbao.rendering.terminal import readable, show_explanation, show_page
from tests.support.fake_model import FakeModel

PAGE = "Trang chủ\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\nQuế giống ở vườn ươm. Ảnh: Lò Thị Mây\nAi trồng?\n"
PATROL = "Trang chủ\nĐồn biên phòng cử ba tổ tuần tra suốt đêm qua\n"
HOSTILE = """</script><img src=x onerror=alert(1)>
" autofocus onfocus="alert(1)
<style>*{display:none}</style>
</p></li></ol></main><script>fetch('//example.org')</script>
\x1b]0;owned\x07\x1b[2J
lone \ud800 surrogate"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(text: str, out: io.StringIO) -> str:
    show_page("a.txt", FakeModel().label(text), "fake 0", out)
    return out.getvalue()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_pipe_gets_one_plain_line_for_each() -> None:
    assert shown(PAGE, io.StringIO()).splitlines() == [
        "1  sidebar  0.90  Trang chủ",
        "3  body     0.90  Đồn biên phòng trồng thêm ba nghìn cây quế",
        "4  caption  0.90  Quế giống ở vườn ươm. Ảnh: Lò Thị Mây",
        "5  sidebar  0.60  Ai trồng?",
    ]


def test_a_pipe_gets_evidence_marked_behind_the_text() -> None:
    assert shown(PATROL, io.StringIO()).splitlines() == [
        "1  sidebar  0.90  Trang chủ",
        "2  body     0.90  Đồn biên phòng cử ba tổ tuần tra suốt đêm qua  ◆ border_security",
    ]


@pytest.mark.usefixtures("colours")
def test_a_terminal_gets_topics_with_their_probability_and_their_lines() -> None:
    lines = plain(shown(PATROL, Terminal())).splitlines()
    assert lines[2] == "◆ border_security 0.90   see line 2"
    assert " ".join(lines[-2:]).replace("▌", " ").split()[-2:] == ["◆", "border_security"]
    assert "◆" not in shown(PAGE, Terminal())


@pytest.mark.usefixtures("colours")
def test_a_terminal_gets_the_sentence_that_speaks_underlined() -> None:
    text = shown("Trời mưa \ud800 cả ngày. Đồn cử ba tổ tuần tra. Chợ vẫn đông.\n", Terminal())
    assert "".join(re.findall(r"\x1b\[[0-9;]*\b4\b[0-9;]*m([^\x1b]*)", text)) == "Đồn cử ba tổ tuần tra."


@pytest.mark.usefixtures("colours")
def test_a_terminal_gets_colours_a_legend_and_wrapped_lines() -> None:
    text = shown(PAGE + "dài " * 40, Terminal())
    assert "\x1b[1;32m" in text
    lines = plain(text).splitlines()
    assert "fake 0" in lines[0]
    assert re.search(r"body 2 +■ caption 1 +■ sidebar 2 +\? under 70% sure 1", lines[1])
    assert "5 ▌sidebar 0.60? Ai trồng?" in lines
    wrapped = lines[lines.index("5 ▌sidebar 0.60? Ai trồng?") + 1 :]
    assert len(wrapped) == 4
    assert {line[2] for line in wrapped} == {"▌"}
    assert max(map(len, lines)) <= 60


@pytest.mark.usefixtures("colours")
def test_a_terminal_gets_the_beginning_of_a_giant_line() -> None:
    assert "… (997,000 more characters)" in " ".join(
        plain(shown("tin " * 250_000, Terminal())).replace("▌", " ").split()
    )


@pytest.mark.usefixtures("colours")
def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(PAGE, Terminal())
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", text)
    assert "▌body" in plain(text)


@pytest.mark.usefixtures("colours")
@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_a_page_cannot_steer_the_terminal(out: io.StringIO) -> None:
    text = shown(HOSTILE, out)
    assert "␛]0;owned␇␛[2J" in text
    assert "\x1b" not in plain(text)
    text.encode()


def test_an_explanation_names_the_two_labels_and_the_strongest_features() -> None:
    model, out = FakeModel(), io.StringIO()
    show_explanation("a.txt", model.label(PAGE), model.explain(PAGE, 4), [], 1, out)
    text = out.getvalue()
    assert text.startswith("a.txt, line 4: caption\ncaption 0.900, body 0.050, sidebar 0.050\n")
    assert "for caption (+) or for body (-)" in text
    assert re.search(r"\+2\.50  █{10}  words in the line  3$", text, re.M)
    assert "and 1 weaker ones (--top shows more)" in text


def test_an_explanation_goes_on_with_the_topics() -> None:
    model, out = FakeModel(), io.StringIO()
    topic = model.explain_topic(PATROL, 2, "border_security")
    show_explanation("a.txt", model.label(PATROL), model.explain(PATROL, 2), [topic], 9, out)
    text = out.getvalue()
    assert "for border_security (+) or against it (-) in the line's strongest sentence; its log-odds are +1.25:" in text
    assert re.search(r"\+2\.00  █{10}  tuần tra       1$", text, re.M)
    assert re.search(r"-0\.75  █{4} {6}  one of relief  1$", text, re.M)


class Outline(HTMLParser):
    """Collects the elements with their attributes, and the text of every line of the page."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if dict(attrs).get("class") == "text":
            self._inside = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def document(text: str, name: str = "a.txt") -> str:
    model = FakeModel()
    page = model.label(text)
    return render_page(name, page, model.explain_many(text, [line.number for line in page.lines]), "fake 0")


def test_the_html_page_holds_every_line_with_probabilities_and_reasons() -> None:
    outline = Outline(document(PAGE))
    assert outline.texts == [line for line in PAGE.splitlines() if line]
    items = outline.attributes("li")
    assert [item["class"] for item in items] == ["sidebar", "body gap", "caption", "sidebar unsure"]
    assert [item["id"] for item in items] == ["L1", "L3", "L4", "L5"]
    assert {item["tabindex"] for item in items} == {"0"}
    text = document(PAGE)
    assert text.count("Why caption, not body") == 1
    assert text.count("words in the line") == 4


def test_the_html_page_leads_from_its_topics_to_their_evidence() -> None:
    text = document(PATROL)
    outline = Outline(text)
    assert outline.texts == PATROL.splitlines()
    assert [item["class"] for item in outline.attributes("li")] == ["sidebar", "body evidence"]
    assert [link["href"] for link in outline.attributes("a")] == ["#L2"]
    assert "<b>◆ border_security</b> 90%, see line " in text
    assert text.count("speaks for <b>◆ border_security</b>") == 1
    assert "◆" not in document(PAGE)
    assert "<mark>" not in document(PAGE)
    around = document("Trời mưa cả ngày & đêm. Đồn cử <b>ba tổ</b> tuần tra. Chợ vẫn đông.\n")
    assert "ngày &amp; đêm. <mark>Đồn cử &lt;b&gt;ba tổ&lt;/b&gt; tuần tra.</mark> Chợ vẫn đông.</p>" in around


def test_the_html_page_needs_nothing_from_elsewhere() -> None:
    text = document(PAGE)
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\';' in text
    assert not re.search(r"https?:|url\(|@import|<link|<script|<img", text)
    assert text.isascii() or 'charset="utf-8"' in text


def test_a_hostile_topic_stays_text() -> None:
    page = LabelledPage(FakeModel().label(PAGE).lines, {"<script>": 0.9}, {"<script>": 0.9}, {"<script>": (3,)})
    assert not Outline(render_page("a.txt", page, [], "fake 0")).attributes("script")


def test_hostile_text_stays_text() -> None:
    text = document(HOSTILE, name="<script>alert(1)</script>.txt")
    outline = Outline(text)
    assert not {"script", "img"} & {name for name, _ in outline.elements}
    assert len(outline.attributes("style")) == 1
    assert not [attrs for _, attrs in outline.elements if any(name.startswith("on") for name in attrs)]
    assert not any("autofocus" in attrs for _, attrs in outline.elements)
    assert len(outline.attributes("li")) == len(HOSTILE.splitlines())
    assert outline.texts[0] == "</script><img src=x onerror=alert(1)>"
    assert "\x1b" not in text
    text.encode()


def test_a_page_without_reasons_still_shows_its_probabilities() -> None:
    page: LabelledPage = FakeModel().label(PAGE)
    text = render_page("a.txt", page, [], "fake 0")
    assert "90.0%" in text
    assert "Why" not in text
    assert "too long to list the reasons" in text


def test_of_markdown_a_report_takes_no_more_than_it_has_itself() -> None:
    hostile = "![x](https://example.org/x.png) [y](javascript:y) <https://example.org> &lt;\n- a\n> b\n```\nc\x1b[2J"
    written = f"# Scores\nof `all`\n\n| a |\n| - |\n| {hostile[:31]} |\n\n{hostile}"
    text = render_report(Report("r", {}, [Section("s", written)]))
    outline = Outline(text)
    assert not {"a", "img", "ul", "blockquote", "pre"} & {name for name, _ in outline.elements}
    assert "<h3>Scores</h3>\n<p>of <code>all</code></p>" in text
    assert "<td>![x](https://example.org/x.png)</td>" in text
    assert "&lt;https://example.org&gt; &amp;lt;" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("feature", "read"),
    [
        ("line -1: syllables 3–4", "line 1 above, syllables: 3 to 4"),
        ("line +2: lines after the article's last -20–-8", "line 2 below, lines after the article's last: −20 to −8"),
        ("first pass, body (log-odds) < -5", "first pass, body (log-odds): under −5"),
        ("share of digits ≥ 0.8", "share of digits: 0.8 or more"),
        ("word “a-1”", "word “a-1”"),
        ("time of day: yes", "time of day: yes"),
    ],
)
def test_ranges_are_written_as_people_read_them(feature: str, read: str) -> None:
    assert readable(feature) == read


def test_the_html_page_tells_for_from_against_and_where_unsure_begins() -> None:
    model = FakeModel()
    page = model.label(PAGE)
    reasons = (Reason("syllables 3–4", 1.0, 0.9), Reason("share of digits ≥ 0.8", 1.0, -0.4))
    explanation = Explanation(3, "", "body", 0.9, reasons)
    html = render_page("a.txt", page, [explanation], "fake 0")
    assert "under 70%: 1" in html
    assert re.findall(r'<i(?: class="(against)")? style="width:([\d.]+)%"></i></td><td>[+-]\d', html) == [
        ("", "100.0"), ("against", "44.4"),
    ]  # fmt: skip
    assert "<th>syllables: 3 to 4</th>" in html
