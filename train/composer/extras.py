"""What an article holds beside paragraphs and pictures: lists, quotes, verse, names, tables, videos, infographics.

Each is made out of the words of one of its paragraphs, so that it belongs to the article.
"""

import re
from collections.abc import Callable

from locbao.train.composer import vocabularies
from locbao.train.composer.page_lines import Row, rows_of
from locbao.train.composer.slots import Filler
from locbao.train.composer.values import cut

Maker = Callable[[Filler, str], list[Row]]

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZĐÀ-Ỹ“\"])")
_CLAUSE = re.compile(r"[,;:.?!“”\"()–]+\s*")
_LONGEST_LIST = 8  # items that a paragraph gives
_HALF = 0.5
_VIDEO_CUT = (5, 12)  # words of a video's title made of the headline

_BULLETS = ("- ", "+ ", "• ", "* ", "– ", "✓ ", "{}. ", "{}) ", "")
_QUOTES = ("“{}”", '"{}"', "{}")
_SPEAKERS = ("", "{}", "Ông {}", "Bà {}, người dân địa phương", "- {}", "Anh {}")
_NAMES = ("{n}. {name}", "- {name} (sinh năm {year})", "{name}", "- Ông {name}", "{n}. {name} ({province})")
_FEET = ((6, 8), (7, 7), (5, 5))
_TABLES = (
    ("Bảng giá tham khảo", ("Mặt hàng", "Giá", "Thay đổi")),
    ("Số vụ việc theo địa phương", ("STT", "Địa phương", "Số vụ")),
    ("Lịch thi đấu", ("Ngày", "Giờ", "Trận")),
    ("Điểm chuẩn dự kiến", ("Mã ngành", "Tên ngành", "Điểm")),
    ("Lãi suất tiết kiệm kỳ hạn 12 tháng (%/năm)", ("Ngân hàng", "Tại quầy", "Trực tuyến")),
    ("Kết quả bốc thăm", ("Bảng A", "Bảng B", "Bảng C")),
)
_TABLE_TITLES = ("{}", "Bảng: {}", "{}. Nguồn: {agency}")
_VIDEOS = ("VIDEO: {}", "Video: {}", "Clip: {}", "{}. Video: {name}", "{} (Clip: {name})", "{}. Nguồn video: {agency}")
_INFOGRAPHICS = ("Infographic: {}", "[Infographic] {}", "{} (Đồ họa: {name})", "Đồ họa: {}", "{}. Đồ họa: {name}")


def clauses(text: str) -> list[str]:
    """The stretches between punctuation marks."""
    return [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]


def capitalised(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def _bullets(filler: Filler, text: str) -> list[Row]:
    mark = filler.random.choice(_BULLETS)
    pieces = _SENTENCE.split(text) if filler.random.random() < _HALF else clauses(text)
    items = [capitalised(piece) for piece in pieces if len(piece.split()) > 2] or [text]
    return rows_of([mark.format(n) + item for n, item in enumerate(items[:_LONGEST_LIST], start=1)], "body")


def _quote(filler: Filler, text: str) -> list[Row]:
    said = filler.random.choice(_SENTENCE.split(text)).strip("“”\"'")
    speaker = filler.random.choice(_SPEAKERS).format(filler.name())
    lines = [filler.random.choice(_QUOTES).format(said), speaker]
    return rows_of([line for line in lines if line], "body")


def _verse(filler: Filler, text: str) -> list[Row]:
    syllables = " ".join(clauses(text)).split()
    feet = filler.random.choice(_FEET)
    lines: list[str] = []
    while syllables and len(lines) < _LONGEST_LIST:
        size = feet[len(lines) % 2]
        lines.append(" ".join(syllables[:size]).capitalize())
        syllables = syllables[size:]
    return rows_of(lines, "body")


def _names(filler: Filler, _: str) -> list[Row]:
    form, random = filler.random.choice(_NAMES), filler.random
    numbers = range(1, random.randint(3, 12))
    provinces = [random.choice(vocabularies.PROVINCES) for _ in numbers]
    years = [random.randint(1955, 2005) for _ in numbers]
    people = zip(numbers, years, provinces, strict=True)
    return rows_of(
        [form.format(n=n, name=filler.name(), year=year, province=place) for n, year, place in people], "body"
    )


def _table(filler: Filler, _: str) -> list[Row]:
    random = filler.random
    title, header = random.choice(_TABLES)
    cells = list(header)
    for number in range(1, random.randint(3, 8)):
        kind = random.choice((vocabularies.PROVINCES, vocabularies.TEAMS, vocabularies.STOCKS))
        cells += [str(number), random.choice(kind), filler.value("views", {})]
    if random.random() < _HALF:
        cells = [" ".join(cells[at : at + 3]) for at in range(0, len(cells), 3)]
    titled = random.choice(_TABLE_TITLES).format(title, agency=random.choice(vocabularies.AGENCIES))
    return rows_of([titled] if random.random() < _HALF else [], "caption") + rows_of(cells, "body")


def _video(filler: Filler, text: str) -> list[Row]:
    about = filler.random.choice(
        (cut(filler.random, filler.title, _VIDEO_CUT), max(clauses(text), key=len, default=filler.title))
    )
    return _titled(filler, _VIDEOS, capitalised(about))


def _infographic(filler: Filler, _: str) -> list[Row]:
    return _titled(filler, _INFOGRAPHICS, filler.title)


def _titled(filler: Filler, forms: tuple[str, ...], text: str) -> list[Row]:
    form, agency = filler.random.choice(forms), filler.random.choice(vocabularies.AGENCIES)
    return rows_of([form.format(text, name=filler.name(), agency=agency)], "caption")


EXTRAS: dict[str, Maker] = {
    "bullets": _bullets,
    "quote": _quote,
    "verse": _verse,
    "names": _names,
    "table": _table,
    "video": _video,
    "infographic": _infographic,
}
"""By the recipe's field with their chance."""

REPLACING = ("bullets", "verse")
"""Those that stand in place of their paragraph."""
