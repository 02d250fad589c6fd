"""The model that comes with locbao."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from locbao.features.text import normalise
from locbao.predict.load import SHIPPED, load
from locbao.predict.model import Model
from locbao.predict.store.manifest import without_front_matter
from locbao.predict.topics.topic_model import UnknownTopic
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.line_scores import LineScores, ScoredPage, score
from tests.conftest import ROOT
from tests.support.command import locbao

needs_the_model = pytest.mark.skipif(
    not (SHIPPED / "manifest.json").exists(), reason="no model is shipped yet: `make model` trains it"
)

# The model has learned from these pages: the floors only tell a model that is whole from one that is broken.
FLOORS = {"macro_f1": 0.90, "body_f1": 0.88, "caption_f1": 0.85, "sidebar_f1": 0.96, "body_token_f1": 0.95}
LOSS = 0.01
LOSS_WITHOUT_BLANKS = 0.03
SIZE = 8_000_000  # bytes
NEW, OLD = "oà oá oả oã oạ uý uỷ uỳ oè oẻ".split(), "òa óa ỏa õa ọa úy ủy ùy òe ỏe".split()

# Written for this test, in a style of its own.
PAGE = """Trang nhất
Đời sống
Thứ bảy, 09/03/2024 07:15

Chợ phiên Mường Khe họp lại sau mười năm

Từ tờ mờ sáng, bà con ba xã vùng cao đã gùi măng, mật ong và vải dệt xuống bãi đất bên suối để họp phiên chợ đầu.
Gian hàng vải dệt ở chợ phiên Mường Khe. Ảnh: Lầu A Tủa
Bà Giàng Thị Mỷ, 62 tuổi, kể rằng chợ cũ bị lũ cuốn năm bà vừa lên chức bà nội, từ đó ai cần muối phải đi nửa ngày.
Theo lãnh đạo xã, phiên chợ sẽ mở vào mỗi sáng thứ bảy, có chỗ gửi ngựa, gửi xe và một tổ tự quản giữ gìn trật tự.

Vừ Thị Sua

Chia sẻ
Bình luận (3)
Tin cùng chuyên mục
Mùa mận chín sớm trên cao nguyên
Mùa mận chín sớm trên cao nguyên
© 2024 Báo Mường Khe. Giấy phép số 12/GP-STTTT. Điện thoại: 0203 555 0101
"""
BODY = ("Chợ phiên Mường Khe họp lại", "Từ tờ mờ sáng", "Bà Giàng Thị Mỷ", "Theo lãnh đạo xã")
SIDEBAR = ("Trang nhất", "Đời sống", "Thứ bảy, 09/03", "Chia sẻ", "Bình luận", "Tin cùng", "Mùa mận", "© 2024")

QUIET = "Từ tờ mờ sáng, trời trên các bản vùng cao đã hửng nắng."
TOPICS = {  # a sentence that reports on the topic, and one that only mentions it
    "asean": (
        "Phát biểu tại Hội nghị Bộ trưởng Nông nghiệp ASEAN, trưởng đoàn Việt Nam đề nghị ký thỏa thuận về giống.",
        "Cầu thủ trẻ của tỉnh vừa cùng đội tuyển vào bán kết ASEAN Cup và được thưởng một chiếc xe máy mới.",
    ),
    "border_security": (
        "Đồn Biên phòng Mường Khe cùng dân quân tuần tra cột mốc và bắt hai người vượt biên trái phép qua lối mòn.",
        "Chợ phiên của huyện biên giới này nổi tiếng vì món thắng cố và những gian hàng vải dệt tay nhiều màu.",
    ),
    "drug_crime": (
        "Công an huyện bắt quả tang Lầu A Sinh đang mua bán trái phép 2 bánh heroin, thu giữ 500 viên ma túy tổng hợp.",
        "Ông bảo câu cá đối với mình chẳng khác nào một thứ thuốc phiện, ngày nào không ra suối là bứt rứt chân tay.",
    ),
}
DEMO_TOPICS = {
    "bien-phong.txt": ["border_security"],
    "doi-song.txt": [],
    "hoi-nghi-asean.txt": ["asean"],
    "xet-xu-ma-tuy.txt": ["drug_crime"],
}


@pytest.fixture(scope="module")
def pages() -> list[CorpusPage]:
    return read_corpus(example_corpus())


def scores(model: Model, pages: list[CorpusPage], written: Callable[[str], str] = lambda text: text) -> LineScores:
    """The scores of the pages when their text is rewritten, a rewriting that keeps every line that is not blank."""
    texts = [written("\n".join(page.lines)) for page in pages]
    scored = []
    for page, labelled in zip(pages, model.label_many(texts), strict=True):
        rows = [list(line.scores.values()) for line in labelled.lines]
        scored.append(ScoredPage.of(page, np.array(rows)))
    return score(scored, draws=2)


def moved(text: str, old: list[str], new: list[str]) -> str:
    """The text with the tone marks of open syllables on the other vowel."""
    placed = dict(zip(old, new, strict=True))
    return re.sub(rf"(?<!q)({'|'.join(placed)})(?!\w)", lambda found: placed[found[0]], text)


@needs_the_model
class TestModel:
    def test_floors_on_the_example_corpus(self, shipped: Model, pages: list[CorpusPage]) -> None:
        found = scores(shipped, pages)
        assert {name: found[name].value for name in FLOORS if found[name].value < FLOORS[name]} == {}

    @pytest.mark.parametrize(
        ("written", "loss"),
        [
            (lambda text: unicodedata.normalize("NFD", text), LOSS),
            (lambda text: moved(text, NEW, OLD), LOSS),
            (lambda text: moved(text, OLD, NEW), LOSS),
            (lambda text: text.replace("\n", "\r\n"), LOSS),
            (lambda text: re.sub("\n+", "\n", text).strip(), LOSS_WITHOUT_BLANKS),
        ],
        ids=["NFD", "old tones", "new tones", "CRLF", "no blank lines"],
    )
    def test_other_writings_lose_little(
        self, shipped: Model, pages: list[CorpusPage], written: Callable[[str], str], loss: float
    ) -> None:
        whole, other = scores(shipped, pages)["macro_f1"].value, scores(shipped, pages, written)["macro_f1"].value
        assert whole - other <= loss

    def test_links_of_a_page_say_nothing_of_plain_pages_beside_it(self, shipped: Model) -> None:
        linked = "<html><p><a href=/>Trang chủ</a><p><a href=/tin>Tin khác</a><p>Từ tờ mờ sáng, bà con đã xuống chợ."
        assert next(iter(shipped.label_many([linked]))).lines[0].link_share == 1
        assert list(shipped.label_many([linked, PAGE]))[1].lines == shipped.label(PAGE).lines

    def test_a_page_that_it_has_not_seen(self, shipped: Model) -> None:
        labelled = shipped.label(PAGE)
        for line in labelled.lines:
            if line.text.startswith((*BODY, *SIDEBAR)):
                assert line.label == ("body" if line.text.startswith(BODY) else "sidebar"), line.text
        assert labelled.captions == ("Gian hàng vải dệt ở chợ phiên Mường Khe. Ảnh: Lầu A Tủa",)

    def test_the_demo_pages(self, shipped: Model) -> None:
        paths = sorted((ROOT / "app" / "demo").glob("*.txt"))
        assert len(paths) == 4
        for page in shipped.label_many(path.read_text(encoding="utf-8") for path in paths):
            labels = [line.label for line in page.lines]
            assert labels[:3] == labels[-3:] == ["sidebar"] * 3
            longest = sorted(page.lines, key=lambda line: len(line.text))[-5:]
            assert {line.label for line in longest} == {"body"}
            assert {line.label for line in page.lines if "Ảnh: " in line.text[-30:]} == {"caption"}

    def test_the_topics_of_the_demo_pages(self, shipped: Model) -> None:
        assert shipped.topics == tuple(TOPICS)
        for name, expected in DEMO_TOPICS.items():
            page = shipped.label((ROOT / "app" / "demo" / name).read_text(encoding="utf-8"))
            assert list(page.topics) == list(page.evidence) == expected, name
            assert list(page.topic_scores) == list(TOPICS)
            bodies = {line.number for line in page.lines if line.label == "body"}
            assert all(bodies.issuperset(lines) for lines in page.evidence.values())

    def test_lines_that_are_hardly_body_speak_for_no_topic_where_others_are_body(self, shipped: Model) -> None:
        for path in sorted((ROOT / "app" / "demo").glob("*.txt")):
            page = shipped.label(path.read_text(encoding="utf-8"), thresholds=dict.fromkeys(TOPICS, 0.0))
            scores = {line.number: line.scores["body"] for line in page.lines}
            assert all(scores[line] >= 0.7 for lines in page.evidence.values() for line in lines)

    def test_where_no_line_is_surely_body_all_body_lines_speak(self, shipped: Model) -> None:
        text = "Hội nghị Bộ trưởng ASEAN"
        scores = shipped.label(text).lines[0].scores
        page = shipped.label(text, caption_odds=0.6 * scores["body"] / scores["caption"], thresholds={"asean": 0.0})
        assert page.lines[0].label == "body"
        assert page.lines[0].score < 0.7
        assert page.evidence == {"asean": (1,)}

    def test_topics_of_clauses_and_of_mentions(self, shipped: Model) -> None:
        assert shipped.topic_model
        for topic, (report, mention) in TOPICS.items():
            told, named = shipped.topic_model.judge([[QUIET, report], [QUIET, mention]])
            assert (list(told.carried), told.evidence) == ([topic], {topic: (1,)}), report
            assert named.carried == {}, mention

    @pytest.mark.parametrize("markup", ["text", "markdown", "html"])
    def test_the_sentences_of_evidence_stand_in_the_lines_as_they_are(self, shipped: Model, markup: str) -> None:
        quiet = "Hôm qua trời trở lạnh, các bản đều vắng người qua lại."
        for topic, (report, _) in TOPICS.items():
            line = {
                "text": f" {unicodedata.normalize('NFD', quiet)}\xa0 {report.replace('ô', '&ocirc;')}",
                "markdown": f"- [{quiet}](https://bao.example/troi-lanh) **{report}**",
                "html": f"<p>{quiet}&nbsp;<b>{report}</b></p>",
            }[markup]
            page = shipped.label(f"{QUIET}\n\n{line}\n", markup, thresholds={topic: 0.01})
            first = page.evidence_spans[topic][0]
            text = {line.number: line.text for line in page.lines}[first.line]
            assert normalise(text[first.start : first.end]) == normalise(report)
            assert tuple(dict.fromkeys(span.line for span in page.evidence_spans[topic])) == page.evidence[topic]

    def test_thresholds_from_the_command_line_and_from_python(self, shipped: Model, tmp_path: Path) -> None:
        page = tmp_path / "page.txt"
        page.write_text(f"{QUIET}\n\n{QUIET}\n", encoding="utf-8")
        given = shipped.label(page.read_text(encoding="utf-8"), thresholds={"asean": 0})
        assert list(given.topics) == list(given.evidence) == ["asean"]
        done = locbao("predict", page, "--threshold", "asean=0", "--threshold", "drug_crime=0.99")
        assert list(json.loads(done.stdout)["topics"]) == ["asean"]
        assert "asean" in locbao("show", page, "--threshold", "asean=0").stdout
        with pytest.raises(UnknownTopic):
            shipped.label(QUIET, thresholds={"flood": 0.5})

    def test_a_topic_is_carried_from_its_threshold_on(self, shipped: Model) -> None:
        scores = shipped.label(PAGE).topic_scores
        assert shipped.label(PAGE, thresholds=scores).topics == scores

    def test_reasons_of_a_topic_come_by_their_size(self, shipped: Model) -> None:
        reasons = shipped.explain_topic(TOPICS["asean"][0], 1, "asean").reasons
        sizes = [abs(reason.weight) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
        signs = [reason.weight < 0 for reason in reasons]
        assert signs != sorted(signs)  # those against stand among those for

    def test_a_topic_of_the_sidebar_is_not_the_articles(self, shipped: Model) -> None:
        beside = "\nXem thêm\n" + "\n".join(f"{report[:70]} {report[:70]}" for report, _ in TOPICS.values())
        assert shipped.label(PAGE + beside).topics == {}

    def test_the_manifest_tells_thresholds_media_topics_and_scores(self, shipped: Model) -> None:
        for name, entry in shipped.manifest["topics"].items():
            assert 0.1 < entry["threshold"] < 0.9, name
            assert all(code.startswith("medtop:") for code in entry["iptc"]), name
            assert entry["scores"]["sure articles"]["f1"] > 0.85, name

    def test_its_name_is_shipped(self, shipped: Model) -> None:
        assert load("shipped").digest == load(None).digest == shipped.digest

    def test_rows_name_it_with_the_first_digits_of_its_digest(self, shipped: Model) -> None:
        assert shipped.signature == f"{shipped.manifest['name']} {shipped.digest[:12]}"
        assert repr(shipped) == f"<locbao model {shipped.signature}>"

    def test_size(self) -> None:
        assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= SIZE

    def test_the_card_is_about_it(self, shipped: Model) -> None:
        card = (SHIPPED / "MODEL_CARD.md").read_text(encoding="utf-8")
        assert without_front_matter(card).startswith(f"# {shipped.name}: a locbao line model")
        assert all(f"## {part}" in card for part in ("Data", "Scores", "Known weaknesses", "Topics"))
        assert all(f"- `{topic}`: carried from" in card for topic in TOPICS)

    def test_the_command_line_uses_it(self, tmp_path: Path) -> None:
        (tmp_path / "cho.txt").write_text(PAGE, encoding="utf-8")
        command = [sys.executable, "-X", "utf8", "-m", "locbao", "predict", "cho.txt", "--format", "text"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Từ tờ mờ sáng" in done.stdout.decode()

    def test_no_network_and_no_scikit_learn(self, tmp_path: Path) -> None:
        code = (
            "import socket, sys\n"
            "def refuse(*_, **__): raise OSError('no network')\n"
            "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
            "import locbao\n"
            "page = locbao.load().label('Trang chủ\\n\\nChia sẻ')\n"
            "print(len(page.lines), sorted({'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
        )
        command = [sys.executable, "-X", "utf8", "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == ("2 []\n", "")
