"""The furniture of a composed page: written blocks out of layout files, related headlines, runs of real pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from locbao.train.composer.layout import Group, Layout, Variant
from locbao.train.composer.material import Furniture, Place
from locbao.train.composer.page_lines import BLANK, Chunk, Row, row, rows_of
from locbao.train.composer.slots import TEXTS, Filler, Scope

_OF_THE_AUTHOR = ("byline", "author_box", "date", "source")  # blocks whose name is the author's
_RELATED_FORMS = (
    *("once", "once", "once", "line twice", "twice", "twice, blank", "teaser", "twice, teaser", "dated", "cut"),
)
_CARDS = (  # the pieces of a card, in order
    ("picture", "headline", "teaser"),
    ("picture", "headline", "teaser"),
    ("picture", "headline"),
    ("picture", "headline", "date"),
    ("picture", "date", "headline", "teaser"),
    ("picture", "section", "headline", "date", "teaser"),
    ("headline", "headline", "teaser"),
    ("headline", "teaser"),
    ("headline", "picture", "teaser"),
    ("headline", "date", "teaser"),
    ("headline", "headline", "teaser", "date"),
    ("double", "teaser"),
    ("double", "teaser", "date"),
    ("double",),
    ("joined",),
    ("picture", "joined"),
    ("glued",),
    ("picture",),
)
_MISSING = ("picture", "teaser", "date")  # pieces that a single card may lack
_HEADLINE = 7  # words of the shortest line of real furniture that may be a headline
_SAME = 40  # characters by which a text is known again, since templates cut it
_TEASER = 26  # words from which it is a teaser
_CONTACT = re.compile(
    r"\d{5}|@|©|https?:|giấy phép|GP-|bản quyền|điện thoại|địa chỉ|tổng biên tập|copyright|hotline|nội dung:|công ty"
    r"|phường|quận",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Furnisher:
    """Writes the furniture of one page out of its layout and those that lend it blocks."""

    filler: Filler
    layout: Layout
    lenders: Sequence[Layout]

    def block(self, name: str) -> Chunk:
        """A block of that name, of the page's own layout or of one that lends it."""
        variants = self.layout.blocks[name]
        if not self.filler.chance(self.filler.recipe.own_variant):
            lent = [variant for lender in self.lenders for variant in lender.blocks.get(name, ())]
            variants = tuple(lent) or variants
        return Chunk("furniture", self._rows(name, self.filler.random.choice(variants)))

    def _rows(self, name: str, variant: Variant) -> list[Row]:
        rows: list[Row] = []
        shared: Scope = {}
        same = self.filler.chance(self.filler.recipe.repeated_headline)
        for group in variant:
            if group.item:
                rows += self._items(group)
                continue
            for line in group.lines:
                if not self.filler.chance(line.chance):
                    continue
                scope = self.filler.page | shared
                if name in _OF_THE_AUTHOR:
                    scope["name"] = scope["author"]
                text = self.filler.fill(line.text, scope)
                rows.append(row(text, line.label))
                if same:
                    shared |= {key: scope[key] for key in ("headline", "headline_cut", "teaser") if key in scope}
        return rows

    def _items(self, group: Group) -> list[Row]:
        rows: list[Row] = []
        for number in range(1, self.filler.random.randint(group.low, group.high) + 1):
            scope = self.filler.item() | {"n": str(number)}
            for line in group.lines:
                if self.filler.chance(line.chance):
                    text = self.filler.fill(line.text, scope)
                    rows.append(row(text, line.label))
        return rows

    def numbers(self) -> Chunk:
        """A calendar, a table of weather, rates or lots, or a list of places or years to pick from."""
        random = self.filler.random
        days = [str(day) for day in range(1, random.randint(28, 31) + 1)]
        months = [f"Tháng {month}" if random.random() < 0.5 else str(month) for month in range(1, 13)]
        last = random.randint(2012, 2026)
        years = [str(year) for year in range(last, last - random.randint(4, 20), -1)]
        places = random.sample(TEXTS["provinces"], min(random.randint(8, 40), len(TEXTS["provinces"])))
        form = random.choice(("calendar", "days", "dates", "weather", "weather", "rates", "lots", "places"))
        week = self.filler.pick("weeks").split()
        degree = random.choice(("°C", "°", " °C", "oC"))
        heat = [round(random.uniform(12, 39), 1) for _ in range(80)]
        lines = {
            "calendar": [*week, *days],
            "days": days,
            "dates": ["Ngày", *days, "Tháng", *months, "Năm", *years],
            "weather": [
                f"{min(heat[i], heat[i + 1])}{degree} - {max(heat[i], heat[i + 1])}{degree} {place}"
                for i, place in enumerate(places)
            ]
            if random.random() < 0.5
            else [line for i, place in enumerate(places) for line in (place, f"{heat[i]:.0f}{degree}")],
            "rates": [
                f"{code} {random.randint(100, 30000):,}.{random.randint(0, 99):02d}" for code in TEXTS["currencies"]
            ],
            "lots": [line for prize in TEXTS["prizes"] for line in (prize, f"{random.randint(0, 99999):05d}")],
            "places": list(places),
        }[form]
        return Chunk("furniture", rows_of(lines, "sidebar"))

    def cards(self, low: int, high: int) -> Chunk:
        """A list of other articles, each a card: its pieces stand in the order drawn for the list."""
        random = self.filler.random
        form = random.choice(_CARDS)
        picture = random.choice(("own", "own", "headline"))
        gap, inner = random.random() < 0.5, random.random() < 0.15
        head, missing = self.filler.pick("card_heads"), random.choice((0.0, 0.0, 0.15, 0.4))
        numbered = random.random() < 0.1
        rows: list[Row] = [(head, "sidebar"), *([BLANK] if gap else [])] if head else []
        for number in range(random.randint(low, high)):
            scope = self.filler.item()
            title, teaser = self.filler.value("headline", scope), self.filler.value("teaser", scope)
            text = title if picture == "headline" else self.filler.picture()
            pieces = {
                "picture": f"{text} - {number + 1}" if numbered else text,
                "headline": title,
                "double": f"{title} {title}",
                "teaser": teaser,
                "joined": f"{title} {teaser}",
                "glued": f"{title}{teaser}",
                "date": scope["date_dash"].strip(" -"),
                "section": scope["section"],
            }
            left_out = [name in _MISSING and random.random() < missing for name in form]
            lines = [pieces[name] for name, out in zip(form, left_out, strict=True) if not out] or [title]
            shown = [line for one in lines for line in ((one, "") if inner else (one,))]
            rows += [*([BLANK] if gap and number else []), *rows_of(shown, "sidebar")]
        return Chunk("furniture", rows)

    def related_run(self) -> Chunk:
        """One to four headlines of other articles in one of the forms they have inside an article."""
        random = self.filler.random
        head, mark = self.filler.pick("related_heads"), self.filler.pick("related_marks")
        form = random.choice(_RELATED_FORMS)
        gap = [BLANK] if random.random() < 0.4 else []
        rows: list[Row] = [(head, "sidebar"), *gap] if head else []
        for number in range(random.choice((1, 1, 1, 1, 2, 3, 4))):
            scope = self.filler.item()
            title = mark + self.filler.value("headline", scope)
            teaser = self.filler.value("teaser", scope)
            lines = {
                "once": [title],
                "line twice": [f"{title} {title}"],
                "twice": [title, title],
                "twice, blank": [title, "", title],
                "teaser": [title, teaser],
                "twice, teaser": [title, title, teaser],
                "dated": [scope["date_dash"] + title],
                "cut": [scope["headline_cut"]],
            }[form]
            rows += [*gap] * (number > 0) + rows_of(lines, "sidebar")
        if random.random() < 0.1:
            rows.append((self.filler.pick("related_ends"), "sidebar"))
        return Chunk("furniture", rows)


@dataclass(frozen=True, slots=True)
class RealFurniture:
    """The furniture of one real page, with runs of section pages of its site, set into a composed page."""

    filler: Filler
    page: Sequence[Furniture]
    lists: Sequence[Furniture]
    reworded: bool

    def runs(self, place: Place) -> list[Chunk]:
        """The runs of that place in page order; a run of a section page for "list"."""
        if place == "list":
            return [self._chunk(self.filler.random.choice(self.lists))] if self.lists else []
        return [self._chunk(run) for run in self.page if run.place == place]

    def _chunk(self, run: Furniture) -> Chunk:
        return Chunk.of("furniture", *self._lines(run))

    def _lines(self, run: Furniture) -> list[str]:
        """The run's lines, with this page's headline and lead wherever the real page repeats its own."""
        replacements = {run.headline: self.filler.title, run.lead: self.filler.lead}
        new_lines = {old: new for old, new in replacements.items() if old and new}
        return [self._line(line, new_lines) for line in run.lines]

    def _line(self, line: str, new_lines: dict[str, str]) -> str:
        for old, new in new_lines.items():
            at = line.find(old[:_SAME])
            if at >= 0:
                return line.replace(old, new) if old in line else line[:at] + new
        size = len(line.split())
        if not self.reworded or size < _HEADLINE or _CONTACT.search(line):
            return line
        other = self.filler.headline()
        new_lines[line] = (other.summary or other.title) if size > _TEASER else other.title
        return new_lines[line]
