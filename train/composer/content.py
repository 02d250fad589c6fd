"""An article's content as chunks of labelled lines: paragraphs, sub-headings, pictures and extras."""

from dataclasses import dataclass

from locbao.train.composer.article import Block, Parts
from locbao.train.composer.captions import CaptionStyle
from locbao.train.composer.extras import EXTRAS, REPLACING, capitalised, clauses
from locbao.train.composer.page_lines import Chunk, rows_of
from locbao.train.composer.slots import PartWriter

_MARKS = ("{}. ", "{}. ", "{}) ", "- ", "* ", "• ", "{}/ ", "Bước {}: ", "Thứ {}: ")
_MARKED = 0.25  # chance that the sub-headings of a page have a mark or number
_HEADING = (3, 12)  # words of a sub-heading made out of a paragraph
_CAPITALS = 0.15  # chance that the sub-headings of a page are in capitals
_QUESTION_MARKS = ("* ", "- ", "PV: ", "Phóng viên: ", "", "- PV: ", "Hỏi: ", "* PV: ", "- Phóng viên: ")
_SPEAKERS = ("", "", "Ông {}: ", "{}: ", "- ")
_QUESTIONED = 0.6  # paragraphs of an interview with a question before them
_QUESTIONS = (
    "Vì sao ông lại chọn thời điểm này để bắt đầu?",
    "Khó khăn lớn nhất mà đơn vị gặp phải là gì, thưa ông?",
    "Bà đánh giá thế nào về kết quả vừa qua?",
    "Xin ông cho biết kế hoạch trong thời gian tới?",
    "Anh có lời khuyên nào cho các bạn trẻ?",
    "Điều gì khiến chị nhớ nhất?",
    "Người dân cần lưu ý những gì, thưa bác sĩ?",
    "Nhiều ý kiến cho rằng quy định này chưa hợp lý, ông nghĩ sao?",
    "Gia đình đã ủng hộ anh ra sao?",
    "Theo bà, đâu là nguyên nhân của tình trạng này?",
    "Vậy trách nhiệm thuộc về ai?",
    "Ông kỳ vọng gì ở lứa cầu thủ hiện nay?",
    "Mức hỗ trợ cụ thể thế nào?",
    "Có ngoại lệ nào không, thưa luật sư?",
)


@dataclass(frozen=True, slots=True)
class Writer(PartWriter):
    """Turns the parts of an article into the chunks of one page."""

    style: CaptionStyle

    def content(self, parts: Parts, *, photo_story: bool) -> list[Chunk]:
        """What stands between lead and signature."""
        blocks = self._photo_story(parts) if photo_story else self._chosen(parts)
        chunks = self._chunks(blocks)
        for field, make in EXTRAS.items():
            places = [index for index, chunk in enumerate(chunks) if chunk.kind == "paragraph"]
            if len(places) > 1 and self.chance(getattr(self.recipe, field)):
                source, place = self.random.sample(places, 2)
                extra = Chunk("extra", make(self.filler, chunks[source].rows[0][0]))
                # A list or verse is its paragraph in another form; all else is set elsewhere, not beside it.
                if field in REPLACING:
                    chunks[source] = extra
                else:
                    chunks.insert(place + 1, extra)
        return chunks

    def _chunks(self, blocks: list[Block]) -> list[Chunk]:
        mark, number = self.random.choice(_MARKS) if self.chance(_MARKED) else "", 0
        chunks: list[Chunk] = []
        for block in blocks:
            if block.kind == "caption":
                chunks.append(Chunk("caption", self.style.rows(block.text)))
                continue
            number += block.kind == "heading"
            text = mark.format(number) + block.text if block.kind == "heading" else block.text
            chunks.append(Chunk(block.kind, rows_of([text], "body")))
        return chunks

    def _photo_story(self, parts: Parts) -> list[Block]:
        """All captions and the first paragraphs."""
        left = self.random.randint(1, 4)
        kept: list[Block] = []
        for block in parts.blocks:
            left -= block.kind != "caption"
            if block.kind == "caption" or left >= 0:
                kept.append(block)
        return kept

    def _chosen(self, parts: Parts) -> list[Block]:
        blocks = list(parts.blocks)
        if self.chance(self.recipe.no_captions):
            blocks = [block for block in blocks if block.kind != "caption"]
        if self.chance(self.recipe.short_article):
            return _first(blocks, self.random.randint(1, 3))
        if self.chance(self.recipe.interview):
            return self._asked(blocks)
        if all(block.kind != "heading" for block in blocks) and self.chance(self.recipe.sub_headings):
            return self._headed(blocks)
        return blocks

    def _headed(self, blocks: list[Block]) -> list[Block]:
        """With sub-headings before every second to fourth paragraph, out of the article's own words."""
        low, high = _HEADING
        fitting = [
            clause
            for block in blocks
            for clause in (clauses(block.text) if block.kind == "paragraph" else ())
            if low <= len(clause.split()) <= high
        ]
        self.random.shuffle(fitting)
        capitals, every = self.chance(_CAPITALS), self.random.choice((2, 3, 4))
        headed: list[Block] = []
        since = 0
        for block in blocks:
            since += block.kind == "paragraph"
            if fitting and block.kind == "paragraph" and since > every:
                heading = capitalised(fitting.pop())
                headed.append(Block("heading", heading.upper() if capitals else heading))
                since = 1
            headed.append(block)
        return headed

    def _asked(self, blocks: list[Block]) -> list[Block]:
        """As an interview: a question before most paragraphs, answers with or without the speaker's name."""
        mark, speaker = self.random.choice(_QUESTION_MARKS), self.random.choice(_SPEAKERS).format(self.filler.name())
        asked: list[Block] = []
        for block in blocks:
            if block.kind == "paragraph" and self.chance(_QUESTIONED):
                asked.append(Block("paragraph", mark + self.random.choice(_QUESTIONS)))
                asked.append(Block("paragraph", speaker + block.text))
            else:
                asked.append(block)
        return asked


def _first(blocks: list[Block], paragraphs: int) -> list[Block]:
    """The blocks up to that many paragraphs, without sub-headings."""
    kept: list[Block] = []
    for block in blocks:
        paragraphs -= block.kind == "paragraph"
        if paragraphs < 0:
            break
        if block.kind != "heading":
            kept.append(block)
    return kept
