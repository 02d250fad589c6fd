"""The HTML track of the bench: pages go through HTML and come back, and every tool answers."""

import pytest

from locbao.experiments.studies.extractors import HTML_TOOLS
from locbao.experiments.studies.html_peers import (
    LinesLost,
    SiteTemplate,
    measure,
    read_templates,
    render,
    scores_of,
    through_html,
)
from locbao.experiments.studies.plain_text_peers import OURS
from locbao.features.text import normalise
from locbao.train.composer.sources import read_sources
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.lines.config import LineConfig
from tests.training import ONE_SITE, TWO_SITES

TEMPLATES = {template["name"]: template for template in read_templates()}
SEMANTIC = TEMPLATES["semantic"]

HEADLINE = "Kè mới giữ yên bờ sông"
LINES = [
    ("Thời sự", "sidebar"),
    ("Sáng 12/5/2026", "sidebar"),
    (HEADLINE, "body"),
    ("", None),
    (f"{HEADLINE} - Ảnh 1", "caption"),
    ("Đoạn kè <nhìn> từ cầu. Ảnh: Minh Thư", "caption"),
    ("Người dân chỉ mong đoạn còn lại sớm được làm xong trước mùa mưa này.", "body"),
    ("Nước lên", "body"),
    ("Bến phà cũ đóng cửa", "sidebar"),
    ("Bến phà cũ đóng cửa", "sidebar"),
    ("Minh Thư", "body"),
    ("Giấy phép số 1", "sidebar"),
]


def a_page(*lines: tuple[str, str | None]) -> CorpusPage:
    texts, labels = zip(*(lines or LINES), strict=True)
    return CorpusPage("a", "s", texts, labels, (True,) * len(texts), (None,) * len(texts), "full", "x:1")


def test_a_page_as_html() -> None:
    markup = render(a_page(), SEMANTIC)
    for part in (
        f'<h1 class="title-detail">{HEADLINE}</h1>',
        f'alt="{HEADLINE} - Ảnh 1"></picture><figcaption><p>Đoạn kè &lt;nhìn&gt; từ cầu. Ảnh: Minh Thư</p>',
        "<h2>Nước lên</h2>",
        '<img src="/anh.jpg" alt="Bến phà cũ đóng cửa"></a><h3><a href="/tin.html">Bến phà cũ đóng cửa</a></h3>',
        "<strong>Minh Thư</strong>",
        "<span>Sáng 12/5/2026</span>",
    ):
        assert part in markup
    assert markup.index("<footer") < markup.index("Giấy phép số 1")


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_page_comes_back_with_its_lines(template: SiteTemplate) -> None:
    for page in read_corpus(example_corpus())[::7]:
        back = through_html(page, template)
        for one, two in ((page, back), (page, through_html(back, template))):
            texts = [
                [(normalise(text), label) for text, label in zip(p.lines, p.labels, strict=True) if label]
                for p in (one, two)
            ]
            assert texts[0] == texts[1]


def test_a_lost_line_is_texts() -> None:
    broken = {**SEMANTIC, "lead": "<p hidden>{text}</p>"}
    with pytest.raises(LinesLost, match="Page 'a' as semantic does not give line 'Người dân"):
        through_html(a_page(), broken)
    with pytest.raises(LinesLost, match="'Giấy phép"):
        through_html(a_page(), {**SEMANTIC, "footer": ("<div hidden>", "</div>")})


@pytest.mark.parametrize("name", HTML_TOOLS)
def test_every_tool_finds_the_article(name: str) -> None:
    for module in ("trafilatura", "readability", "justext", "boilerpy3", "resiliparse"):
        pytest.importorskip(module)
    scores = scores_of(HTML_TOOLS[name], read_corpus([ONE_SITE]), TEMPLATES["named blocks"])
    assert scores["body_token_f1"].value > 0.7
    assert scores["sidebar_as_body"].value < 0.3


@pytest.mark.slow
def test_tools_and_locbao_on_every_template() -> None:
    config = LineConfig(composed=10, words=50, folds=2, iterations=3)
    scores = measure(read_sources(TWO_SITES, []), config, 1, {"all": lambda markup: [(markup, True)]})
    assert list(scores) == list(TEMPLATES)
    for template in scores.values():
        assert template["all"]["body_recall"].value == 1  # every line stands in the markup
        assert template[OURS].pages == template["all"].pages == 6
        assert template[OURS].support == template["all"].support
