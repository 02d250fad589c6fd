"""An article as chunks of labelled lines: kicker, lead, paragraphs, sub-headings, pictures, extras, signature.

Extras are what an article holds beside paragraphs and pictures: lists, quotes, verse, names, tables, videos,
infographics. Each is made out of the words of one of its paragraphs, so that it belongs to the article.
"""

import re
from dataclasses import dataclass

from locbao.train.composer.article import Block, Parts
from locbao.train.composer.captions import CaptionStyle
from locbao.train.composer.page_lines import Chunk, Row, rows_of
from locbao.train.composer.slots import Filler, cut

_HEADING = (3, 12)  # words of a sub-heading made out of a paragraph
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZĐÀ-Ỹ“\"])")
_CLAUSE = re.compile(r"[,;:.?!“”\"()–]+\s*")
_LONGEST_LIST = 8  # items that a paragraph gives
_VIDEO_CUT = (5, 12)  # words of a video's title made of the headline
_FEET = ((6, 8), (7, 7), (5, 5))  # syllables of the lines of a verse


def kicker(filler: Filler) -> str:
    """A short line above the headline."""
    tag, place = filler.value("tag", {}), filler.pick("provinces")
    section = filler.page["section"].upper()
    return filler.pick("kickers").format(
        tag=tag, Tag=_capitalised(tag), place=place, PLACE=place.upper(), section=section
    )


def lead(filler: Filler) -> str:
    """The page's lead as its paper sets it, with a prefix or without."""
    draw, site, prefixed = filler.random.random(), filler.page["site"], filler.recipe.lead_prefix
    if draw < prefixed:
        code = "".join(word[0] for word in site.split()).upper()
        return filler.pick("lead_prefixes").format(code=code, site=site) + filler.lead
    if draw < prefixed + filler.recipe.glued_place:
        return filler.pick("provinces") + filler.lead
    return filler.lead


def signature(filler: Filler, parts: Parts) -> list[str]:
    """The lines under the article; there may be none."""
    recipe = filler.recipe
    notes = [filler.pick("end_notes")] if filler.chance(recipe.end_note) else []
    if filler.chance(recipe.no_signature):
        return notes
    if not filler.chance(recipe.invented_signature):
        return notes + list(parts.signature)
    forms = [filler.pick("signatures")]
    second = filler.pick("second_signatures")
    if filler.chance(recipe.second_signature):
        forms.append(second)
    return notes + [line for form in forms for line in _signed(filler, form).split("\n")]


def _signed(filler: Filler, form: str) -> str:
    name, other = filler.page["author"], filler.name()
    return form.format(
        name=name,
        NAME=name.upper(),
        other=other,
        OTHER=other.upper(),
        agency=filler.pick("agencies"),
        agency2=filler.pick("agencies"),
        paper=filler.pick("papers"),
        pen=filler.pick("pens"),
        section=filler.pick("sections"),
    )


@dataclass(frozen=True, slots=True)
class ContentWriter:
    """Turns the blocks of an article into the chunks of one page."""

    filler: Filler
    style: CaptionStyle

    def content(self, parts: Parts, *, photo_story: bool) -> list[Chunk]:
        """What stands between lead and signature."""
        filler, recipe = self.filler, self.filler.recipe
        chunks = self._chunks(self._photo_story(parts) if photo_story else self._chosen(parts))
        # A list or verse is its paragraph in another form; all else is set elsewhere, not beside it.
        for chance, make, replaces in (
            (recipe.bullets, _bullets, True),
            (recipe.quote, _quote, False),
            (recipe.verse, _verse, True),
            (recipe.names, _names, False),
            (recipe.table, _table, False),
            (recipe.video, _video, False),
            (recipe.infographic, _infographic, False),
        ):
            places = [index for index, chunk in enumerate(chunks) if chunk.kind == "paragraph"]
            if len(places) > 1 and filler.chance(chance):
                source, place = filler.random.sample(places, 2)
                extra = Chunk("extra", make(filler, chunks[source].rows[0][0]))
                if replaces:
                    chunks[source] = extra
                else:
                    chunks.insert(place + 1, extra)
        return chunks

    def _chunks(self, blocks: list[Block]) -> list[Chunk]:
        marked = self.filler.chance(self.filler.recipe.marked_headings)
        mark, number = self.filler.pick("heading_marks") if marked else "", 0
        chunks: list[Chunk] = []
        for block in blocks:
            if block.kind == "caption":
                chunks.append(Chunk("caption", self.style.rows(block.text)))
                continue
            number += block.kind == "heading"
            text = mark.format(number) + block.text if block.kind == "heading" else block.text
            chunks.append(Chunk.of(block.kind, text))
        return chunks

    def _photo_story(self, parts: Parts) -> list[Block]:
        """All captions and the first paragraphs."""
        left = self.filler.random.randint(1, 4)
        kept: list[Block] = []
        for block in parts.blocks:
            left -= block.kind != "caption"
            if block.kind == "caption" or left >= 0:
                kept.append(block)
        return kept

    def _chosen(self, parts: Parts) -> list[Block]:
        filler, recipe = self.filler, self.filler.recipe
        blocks = list(parts.blocks)
        if filler.chance(recipe.no_captions):
            blocks = [block for block in blocks if block.kind != "caption"]
        if filler.chance(recipe.short_article):
            return _first(blocks, filler.random.randint(1, 3))
        if filler.chance(recipe.interview):
            return self._interview(blocks)
        if filler.chance(recipe.brief):
            return _by_sentence(blocks)
        if all(block.kind != "heading" for block in blocks) and filler.chance(recipe.sub_headings):
            return self._headed(blocks)
        return blocks

    def _headed(self, blocks: list[Block]) -> list[Block]:
        """With sub-headings before every second to fourth paragraph, out of the article's own words."""
        low, high = _HEADING
        fitting = [
            clause
            for block in blocks
            for clause in (_clauses(block.text) if block.kind == "paragraph" else ())
            if low <= len(clause.split()) <= high
        ]
        self.filler.random.shuffle(fitting)
        capitals = self.filler.chance(self.filler.recipe.capital_headings)
        every, since = self.filler.random.choice((2, 3, 4)), 0
        headed: list[Block] = []
        for block in blocks:
            since += block.kind == "paragraph"
            if fitting and block.kind == "paragraph" and since > every:
                heading = _capitalised(fitting.pop())
                headed.append(Block("heading", heading.upper() if capitals else heading))
                since = 1
            headed.append(block)
        return headed

    def _interview(self, blocks: list[Block]) -> list[Block]:
        """A question before most paragraphs, answers with or without the speaker's name."""
        mark = self.filler.pick("question_marks")
        speaker = self.filler.pick("answer_marks").format(self.filler.name())
        interview: list[Block] = []
        for block in blocks:
            if block.kind == "paragraph" and self.filler.chance(self.filler.recipe.questioned):
                interview.append(Block("paragraph", mark + self.filler.pick("questions")))
                interview.append(Block("paragraph", speaker + block.text))
            else:
                interview.append(block)
        return interview


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


def _by_sentence(blocks: list[Block]) -> list[Block]:
    """The blocks with each paragraph's sentences on lines of their own."""
    return [
        Block(block.kind, sentence)
        for block in blocks
        for sentence in (_SENTENCE.split(block.text) if block.kind == "paragraph" else [block.text])
    ]


def _clauses(text: str) -> list[str]:
    """The stretches between punctuation marks."""
    return [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]


def _capitalised(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def _bullets(filler: Filler, text: str) -> list[Row]:
    mark = filler.pick("bullets")
    pieces = _SENTENCE.split(text) if filler.chance(0.5) else _clauses(text)
    items = [_capitalised(piece) for piece in pieces if len(piece.split()) > 2] or [text]
    return rows_of([mark.format(n) + item for n, item in enumerate(items[:_LONGEST_LIST], start=1)], "body")


def _quote(filler: Filler, text: str) -> list[Row]:
    said = filler.random.choice(_SENTENCE.split(text)).strip("“”\"'")
    speaker = filler.pick("quoted").format(filler.name())
    lines = [filler.pick("quotes").format(said), speaker]
    return rows_of([line for line in lines if line], "body")


def _verse(filler: Filler, text: str) -> list[Row]:
    syllables = " ".join(_clauses(text)).split()
    feet = filler.random.choice(_FEET)
    lines: list[str] = []
    while syllables and len(lines) < _LONGEST_LIST:
        size = feet[len(lines) % 2]
        lines.append(" ".join(syllables[:size]).capitalize())
        syllables = syllables[size:]
    return rows_of(lines, "body")


def _names(filler: Filler, _: str) -> list[Row]:
    form, random = filler.pick("list_names"), filler.random
    numbers = range(1, random.randint(3, 12))
    provinces = [filler.pick("provinces") for _ in numbers]
    years = [random.randint(1955, 2005) for _ in numbers]
    people = zip(numbers, years, provinces, strict=True)
    return rows_of(
        [form.format(n=n, name=filler.name(), year=year, province=place) for n, year, place in people], "body"
    )


def _table(filler: Filler, _: str) -> list[Row]:
    title, *cells = filler.pick("tables").split(" | ")
    for number in range(1, filler.random.randint(3, 8)):
        about = filler.random.choice(("provinces", "teams", "stocks"))
        cells += [str(number), filler.pick(about), filler.value("views", {})]
    if filler.chance(0.5):
        cells = [" ".join(cells[at : at + 3]) for at in range(0, len(cells), 3)]
    titled = filler.pick("table_titles").format(title, agency=filler.pick("agencies"))
    return rows_of([titled] if filler.chance(0.5) else [], "caption") + rows_of(cells, "body")


def _video(filler: Filler, text: str) -> list[Row]:
    about = filler.random.choice(
        (cut(filler.random, filler.title, _VIDEO_CUT), max(_clauses(text), key=len, default=filler.title))
    )
    return _titled(filler, "videos", _capitalised(about))


def _infographic(filler: Filler, _: str) -> list[Row]:
    return _titled(filler, "infographics", filler.title)


def _titled(filler: Filler, forms: str, text: str) -> list[Row]:
    form, agency = filler.pick(forms), filler.pick("agencies")
    return rows_of([form.format(text, name=filler.name(), agency=agency)], "caption")
