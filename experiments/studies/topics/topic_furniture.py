"""Topics that comments, cards and notices around an article give: there should be none.

    python -m locbao.experiments.studies.topics.topic_furniture

Pages are put together from invented articles that carry no topic and furniture full of the topics: readers' comments,
cards of other articles with their picture texts, notices of the paper. Layouts and words are this study's own, not
those of the composer that the line model learns from. A topic is false if the article's own lines alone do not carry
it. As many pages of articles about the topics, in the same furniture, tell what is missed. From what probability on a
line speaks for topics was chosen on the seeds 11 and 12. Writes `topic_furniture.md`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

import numpy as np
import typer

import locbao
from locbao.experiments.measurement import document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.text import normalise_lines
from locbao.predict.model import Model
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES

PAGES = 200
SEED = 29

KINDS = ("article", "comment", "card", "notice", "chrome")
_CUTS = (("article",), KINDS)

Line = tuple[str, str]
"""A text and its kind, one of KINDS; "" for a blank line."""

COMMENTS = (
    "Khu tôi ở tháng nào cũng thấy công an bắt mấy người bán ma túy đá, mà vẫn còn kim tiêm ngoài bờ kè.",
    "Xóm tôi vừa có hai thanh niên bị bắt vì giấu ba gói heroin trong yên xe, nghe mà buồn.",
    "Tòa tuyên tử hình kẻ cầm đầu đường dây ma túy là đúng, 12 kg chứ ít gì!",
    "Hôm kia biên phòng chỗ tôi chặn một xe chở thuốc lá lậu qua lối mòn sát cột mốc, dân ra xem đông lắm.",
    "Tàu cá của anh họ tôi bị tàu lạ đuổi ngoài Hoàng Sa, cảnh sát biển phải ra đưa về.",
    "Bộ đội biên phòng quê mình tuần tra cả đêm mới bắt được nhóm đưa người vượt biên trái phép, nể thật.",
    "ASEAN họp cấp cao xong ra tuyên bố chung rồi mà giá gạo có lên đâu ạ.",
    "Nghe nói các bộ trưởng ASEAN vừa ký thỏa thuận lưới điện chung, mong có điện rẻ :)",
    "Việt Nam làm chủ tịch ASEAN năm đó điều phối rất tốt, họp trực tuyến mà vẫn ra được nghị quyết.",
    "Con tôi cai nghiện ở trung tâm tỉnh hai năm, giờ về làm thợ hồ, cảm ơn các cán bộ.",
)
NOTICES = (
    "Thông báo: Người dân phát hiện điểm mua bán ma túy gọi đường dây nóng của Công an tỉnh, số 0100 555 018.",
    "Mời bạn đọc dự thi viết Chuyện người lính biên phòng tuần tra giữ đường biên, cột mốc; hạn gửi bài 30/11.",
    "Tòa soạn cùng Ban Thư ký ASEAN mở chuyên trang về Cộng đồng ASEAN. Mời bạn đọc đón xem.",
    "Đăng ký bản tin Pháp đình: mỗi sáng một bản án ma túy, buôn lậu, gửi thẳng vào hộp thư của bạn.",
    "Bạn còn 2 bài miễn phí trong tháng. Đọc loạt bài Phá đường dây 300 bánh heroin qua biên giới với gói Đặc biệt.",
    "Đính chính: bài Biên phòng bắt 5 người vượt biên trái phép ghi nhầm tên đồn, tòa soạn xin lỗi bạn đọc.",
)
NAMES = ("Trần Văn Lụa", "meo_con_92", "Nguyễn Thị Bưởi", "Hai Lúa", "Một bạn đọc", "LE THU")
MENU = ("Trang chủ", "Thời sự", "Thế giới", "Kinh tế", "Pháp luật", "Giáo dục", "Thể thao", "Giải trí", "Video")
FOOTER = ("Báo Sông Ngàn Online", "Giấy phép số 999/GP-BTTTT", "Tổng Biên tập: Đặng Hữu Khoát", "© Báo Sông Ngàn")


def pages(count: int, seed: int, *, about: bool) -> Iterator[list[Line]]:
    """Pages of invented articles without topics, or `about` some, among furniture about the topics."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(TOPIC_EXAMPLES.glob("*.jsonl")))
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    telling = [row for row in rows if row["topics"]]
    articles = telling if about else [row for row in rows if not row["topics"] and not row.get("unknown")]
    random = np.random.default_rng(seed)
    for number in range(count):
        article = articles[number % len(articles)]
        body = [article["title"], article["lead"], *article["body"]]
        between = int(random.integers(2, len(body)))
        lines: list[Line] = [(text, "chrome") for text in MENU]
        lines += _apart((text, "article") for text in body[:between])
        lines += _cards(telling, random) if random.random() < 0.5 else []
        lines += _apart((text, "article") for text in body[between:])
        blocks = [_comments(random), _cards(telling, random)]
        notices = random.permutation(NOTICES)[: int(random.integers(1, 4))].tolist()
        blocks.append(_apart((text, "notice") for text in notices))
        lines += [line for block in random.permutation(3) for line in blocks[block]]
        lines += [(text, "chrome") for text in FOOTER]
        yield lines if random.random() < 0.7 else [line for line in lines if line[1]]


def _apart(lines: Iterator[Line]) -> list[Line]:
    return [one for line in lines for one in (("", ""), line)]


def _comments(random: np.random.Generator) -> list[Line]:
    comments = random.permutation(COMMENTS)[: int(random.integers(1, 5))].tolist()
    lines: list[Line] = [("", ""), (f"{random.choice(['Bình luận', 'Ý kiến bạn đọc'])} ({len(comments)})", "chrome")]
    for text in comments:
        lines += [("", ""), (str(random.choice(NAMES)), "chrome"), (text, "comment")]
        lines += [(f"{random.integers(2, 23)} giờ trước", "chrome"), ("Trả lời", "chrome"), ("Thích", "chrome")]
    return lines


def _cards(telling: Sequence[dict[str, object]], random: np.random.Generator) -> list[Line]:
    """Other articles, each with picture text, headline, teaser and date."""
    lines: list[Line] = [("", ""), (str(random.choice(["Tin liên quan", "Đọc thêm", "Cùng chuyên mục"])), "chrome")]
    for place in random.permutation(len(telling))[: int(random.integers(2, 6))].tolist():
        title, lead = (str(telling[place][key]) for key in ("title", "lead"))
        picture = str(random.choice([title, f"{title} - Ảnh 1.", f"{title}. Ảnh: Thu Hà"]))
        teaser = lead or title
        lines += [("", ""), (picture, "card"), (title, "card"), (teaser, "card")]
        lines += [(f"{random.integers(1, 28)}/{random.integers(1, 12)}/2025", "chrome")]
    return lines


def measure(model: Model, count: int, seed: int = SEED) -> str:
    """The tables of so many pages, for a model with topics."""
    assert model.topic_model
    parts = [f"# Topics from comments, cards and notices\n\n{count} pages each, seed {seed}."]
    for about, title in ((False, "Articles without topics"), (True, "Articles about the topics")):
        made = list(pages(count, seed, about=about))
        labelled = list(model.label_many(["\n".join(text for text, _ in page) for page in made], markup="text"))
        kept, everything = ([normalise_lines([t for t, k in page if k in kinds]) for page in made] for kinds in _CUTS)
        alone, of_all = (list(model.topic_model.judge(each)) for each in (kept, everything))
        lines, body, evidence = Counter[str](), Counter[str](), Counter[str]()
        pairs = [*zip(labelled, alone, strict=True)]
        false = [page.topics.keys() - article.carried for page, article in pairs]
        for kinds, page, topics in zip(made, labelled, false, strict=True):
            kind_of = {line.number: kinds[line.number - 1][1] for line in page.lines}
            lines.update(kind_of.values())
            body.update(kind_of[line.number] for line in page.lines if line.label == "body")
            evidence.update(kind_of[page.evidence[topic][0]] for topic in topics)
        would = sum(article.carried.keys() < page.carried.keys() for article, page in zip(alone, of_all, strict=True))
        carried = sum(len(article.carried) for article in alone)
        missed = sum(len(article.carried.keys() - page.topics) for page, article in pairs)
        summary = (
            f"False topics on {sum(map(bool, false))} pages; if all lines counted, on {would}. Of {carried} topics "
            f"that the articles carry alone, {missed} are missed."
        )
        rows = [
            {"lines of": kind, "lines": lines[kind], "called body": body[kind], "false topics": evidence[kind]}
            for kind in KINDS
        ]
        parts += [f"## {title}", summary, records(rows)]
    return document(*parts)


def run(
    pages: Annotated[int, typer.Option(help="Pages put together.")] = PAGES, results: Results = RESULTS / "topics"
) -> None:
    """Counts the topics that furniture gives; writes `topic_furniture.md`."""
    write_table("topic_furniture", measure(locbao.load(), pages), results)


if __name__ == "__main__":
    start(run, __doc__)
