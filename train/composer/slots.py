"""Slots of layout files and their values, invented or out of other articles.

A `Filler` belongs to one page. What a page keeps the same everywhere (its paper, section, author, date) is drawn once;
what belongs to another article (headline, teaser, date) is drawn once for each item of a list, or for each line.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from locbao.train.composer.article import CREDIT
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.labelled_pages import Headline

Scope = dict[str, str]

TEXTS: dict[str, tuple[str, ...]] = {
    name: tuple(texts)
    for name, texts in tomllib.loads(
        (Path(__file__).parents[1] / "data" / "texts.toml").read_text(encoding="utf-8")
    ).items()
}
"""Lists of invented texts, by name."""

SLOT = re.compile(r"\{([^{}]*)\}")

_EPOCH = datetime(2012, 1, 1)
_DAYS = 5300  # days after the epoch in which a page may have been published
_OLDEST = 40 * 24 * 60  # minutes that a related article may be older than the page
_HEADLINE_CUT = (5, 12)  # words left of a headline that is cut
_TEASER_CUT = (15, 28)
_SHORTEST_CAPTION = 4  # words
_NUMBERS = (0, 1, 2, 3, 5, 7, 12, 24, 36, 108)
_SEVERAL = (  # slots that mean another thing each time they stand in a line
    *("tag", "hashtag", "num", "stock", "team", "province", "comment", "user", "percent", "views", "money", "section2"),
)


@dataclass(slots=True)
class Filler:
    """Values and chances of one page: `title` and `lead` are its own, `headlines` and `captions` those of others."""

    random: Random
    recipe: Recipe
    title: str
    lead: str
    headlines: Sequence[Headline]
    captions: Sequence[str]
    page: Scope = field(init=False)
    _published: datetime = field(init=False)

    def __post_init__(self) -> None:
        random = self.random
        paper = self.pick("papers")
        self._published = _EPOCH + timedelta(days=random.randrange(_DAYS), minutes=random.randrange(1440))
        self.page = _moment(random, self._published) | {
            "site": paper,
            "site_caps": paper.upper(),
            "host": fold(paper).replace(" ", "") + self.pick("domains"),
            "section": self.pick("sections"),
            "author": self.name(),
            "licence": _licence(random),
            "hotline": _phone(random),
        }

    def chance(self, of: float) -> bool:
        """True as often as the recipe says with this number."""
        return self.random.random() < of

    def pick(self, name: str) -> str:
        """One of the texts of a list in TEXTS."""
        return self.random.choice(TEXTS[name])

    def fill(self, text: str, scope: Scope) -> str:
        """The text with its slots' values; `scope` keeps those that must agree."""
        return SLOT.sub(lambda match: self._in_line(match[1], scope), text)

    def _in_line(self, slot: str, scope: Scope) -> str:
        value = self.value(slot, scope)
        if slot in _SEVERAL:
            scope.pop(slot, None)
        return value

    def value(self, slot: str, scope: Scope) -> str:
        """The value of a slot: the scope's, else the page's, else a new one, which the scope keeps."""
        if slot not in scope:
            made = self.page[slot] if slot in _OF_PAGE else _MAKERS[slot](self, scope)
            scope.setdefault(slot, made)
        return scope[slot]

    def item(self) -> Scope:
        """The scope of an item of a list: another article with its own section and time."""
        earlier = self._published - timedelta(minutes=int(_OLDEST * self.random.random() ** 3))
        return _moment(self.random, earlier) | {"section": self.pick("sections")}

    def name(self) -> str:
        """Somebody's full name, or as newspapers sign it, without the surname."""
        surname, rest = self.pick("surnames"), f"{self.pick('middle_names')} {self.pick('given_names')}"
        return f"{surname} {rest}" if self.chance(0.6) else rest

    def headline(self) -> Headline:
        """Another article; now and then the page's own, which stands in the site's lists too."""
        if self.chance(self.recipe.own_in_lists):
            return Headline(self.title, self.lead, "")
        return self.random.choice(self.headlines)

    def news(self, slot: str, scope: Scope) -> str:
        """Headline and teaser of another article come together, whichever is asked for first."""
        if "headline" not in scope:
            other = self.headline()
            teaser = other.summary or self.random.choice(self.headlines).summary or other.title
            if self.chance(self.recipe.cut_teaser):
                teaser = cut(self.random, teaser, _TEASER_CUT)
            shortened = cut(self.random, other.title, _HEADLINE_CUT)
            scope |= {"headline": other.title, "headline_cut": shortened, "teaser": teaser}
        return scope[slot]

    def tag(self) -> str:
        """A tag, made of the headline's words if it is long enough and the recipe wants it."""
        title = self.title.split()
        if len(title) < 4 or self.random.random() > self.recipe.topical_tag:
            return self.pick("tags")
        start = self.random.randrange(len(title) - 2)
        return " ".join(title[start : start + self.random.randint(2, 4)]).strip(" ,.:;?!\"'“”‘’-").lower()

    def caption(self) -> str:
        """What stands under another article's thumbnail: its picture's text or its headline, without credit."""
        if self.captions and self.chance(0.5):
            caption = CREDIT.sub("", self.random.choice(self.captions))
            if len(caption.split()) >= _SHORTEST_CAPTION:
                return caption
        return self.headline().title

    def picture(self) -> str:
        """The text of another article's picture: its caption, with its credit as likely as not, or its headline."""
        if self.captions and self.random.random() < 0.6:
            caption = self.random.choice(self.captions)
            bare = caption if self.random.random() < 0.6 else CREDIT.sub("", caption)
            if len(bare.split()) >= _SHORTEST_CAPTION:
                return bare
        return self.headline().title

    def url(self) -> str:
        """The address of another article of this paper."""
        slug = fold(self.headline().title).replace(" ", "-")[:60].strip("-")
        end = self.random.choice((".html", ".htm", ""))
        return f"https://{self.page['host']}/{slug}-{self.random.randint(10**4, 10**7)}{end}"

    def file_name(self) -> str:
        """The name of a picture's file, with or without its ending."""
        random = self.random
        number, stem = random.randint(1, 9999), fold(self.title).split() or ["anh"]
        slug, short = "-".join(stem[:5]), "".join(stem[:2])
        forms = (f"IMG_{number:04d}", slug, f"{short}_{number}", f"anh {number % 20}", f"dsc{number}", f"{number}a")
        return random.choice(forms) + random.choice((".jpg", ".jpg", ".jpeg", ".png", ".JPG", ".webp", ""))


def cut(random: Random, text: str, size: tuple[int, int]) -> str:
    """The first words of a text, as many as drawn from the range, with an ellipsis; all of it if it is shorter."""
    parts = text.split()
    keep = random.randint(*size)
    return text if len(parts) <= keep else " ".join(parts[:keep]) + random.choice(("...", "…", " ..."))


def without_marks(text: str) -> str:
    """The text without tone marks and diacritics, as templates make it for a picture's alternative text."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def fold(text: str) -> str:
    """Lower-case ASCII letters and digits of a Vietnamese text, words apart by one space."""
    bare = without_marks(text.lower())
    return " ".join("".join(char if char.isascii() and char.isalnum() else " " for char in bare).split())


def _moment(random: Random, when: datetime) -> Scope:
    """Every form of a date and a time, by slot; one draw decides for all whether `5/3` has zeros before its numbers."""
    plain = random.random() < 0.5
    day, month = (f"{when.day}", f"{when.month}") if plain else (f"{when.day:02d}", f"{when.month:02d}")
    weekday = TEXTS["weekdays"][when.weekday()]
    return {
        "weekday": weekday if plain else weekday.title(),
        "date": f"{day}/{month}/{when.year}",
        "date_dash": f"{day}-{month}-{when.year}",
        "date_short": f"{day}/{month}",
        "date_long": f"ngày {day} tháng {month} năm {when.year}",
        "iso_date": when.date().isoformat(),
        "time": f"{when.hour:02d}:{when.minute:02d}",
        "time_h": f"{when.hour}h{when.minute:02d}" if plain else f"{when.hour:02d}h{when.minute:02d}",
        "ampm": "AM" if when.hour < 12 else "PM",
        "year": str(when.year),
    }


def _phone(random: Random) -> str:
    digits, start = f"{random.randrange(10**7):07d}", random.choice(TEXTS["phone_prefixes"])
    return start + random.choice((digits, f"{digits[:3]}.{digits[3:]}", f"{digits[:3]} {digits[3:]}"))


def _licence(random: Random) -> str:
    """The number of a paper's licence, with or without its date."""
    number, issued = random.randint(10, 900), f"{random.randint(1, 28)}/{random.randint(1, 12)}"
    short = f"{number}/{random.choice(TEXTS['licence_endings'])}"
    return random.choice((short, f"số {short} ngày {issued}/{random.randint(2008, 2024)}"))


def _address(filler: Filler) -> str:
    number = filler.random.randint(2, 480)
    street, ward, city = filler.pick("streets"), filler.pick("streets"), filler.pick("cities")
    form = filler.pick("addresses")
    return form.format(number=number, floor=number % 30 + 1, street=street, ward=ward, city=city)


def _comment(filler: Filler) -> str:
    """A reader's comment, with or without capital and full stop."""
    said = filler.pick("comments")
    if filler.chance(0.5):
        said = f"{filler.pick('comment_openings')}, {said}"
    if filler.chance(0.3):
        said = f"{said}. {filler.pick('comments').capitalize()}"
    said += filler.pick("comment_endings")
    return said if filler.chance(0.4) else said[:1].upper() + said[1:]


def _count(random: Random) -> str:
    """A number of readers, downloads and the like, with or without separators."""
    size = random.choice((10, 100, 1000, 10**5))
    return f"{random.randint(size // 10, size):,}".replace(",", random.choice((".", ",", "")))


def _age(filler: Filler) -> str:
    """How long ago something was published."""
    number = filler.random.randint(1, 23)
    return filler.pick("ages").format(n=number, double=number * 2, days=number % 7 + 1)


def _sum(filler: Filler) -> str:
    """A sum of money or a price."""
    number = filler.random.randint(2, 990)
    return filler.pick("sums").format(n=number, last=number % 10)


_MAKERS: dict[str, Callable[[Filler, Scope], str]] = {
    "title": lambda f, s: f.title,
    "lead": lambda f, s: f.lead,
    "headline": lambda f, s: f.news("headline", s),
    "headline_cut": lambda f, s: f.news("headline_cut", s),
    "teaser": lambda f, s: f.news("teaser", s),
    "caption": lambda f, s: f.caption(),
    "section2": lambda f, s: f.pick("sections"),
    "province": lambda f, s: f.pick("provinces"),
    "name": lambda f, s: f.name(),
    "name_caps": lambda f, s: f.value("name", s).upper(),
    "pen": lambda f, s: f.pick("pens"),
    "agency": lambda f, s: f.pick("agencies"),
    "role": lambda f, s: f.pick("roles"),
    "ago": lambda f, s: _age(f),
    "n": lambda f, s: str(f.random.randint(1, 10)),
    "num": lambda f, s: str(f.random.choice((*_NUMBERS, f.random.randint(1, 400)))),
    "views": lambda f, s: _count(f.random),
    "percent": lambda f, s: f"{f.random.randint(0, 30)},{f.random.randint(0, 99)}%",
    "money": lambda f, s: _sum(f),
    "temp": lambda f, s: f"{f.random.randint(8, 39)}{f.random.choice(('°C', '°', ' °C', 'oC'))}",
    "phone": lambda f, s: _phone(f.random),
    "fax": lambda f, s: _phone(f.random),
    "email": lambda f, s: f"{f.pick('mailboxes')}@{f.page['host']}",
    "url": lambda f, s: f.url(),
    "short_url": lambda f, s: f"{f.page['host']}/{f.random.randint(100, 10**6)}",
    "address": lambda f, s: _address(f),
    "tag": lambda f, s: f.tag(),
    "hashtag": lambda f, s: "#" + fold(f.tag()).replace(" ", f.random.choice(("", "", "_"))),
    "user": lambda f, s: f.pick("nicks") if f.chance(0.6) else f.name(),
    "comment": lambda f, s: _comment(f),
    "team": lambda f, s: f.pick("teams"),
    "score": lambda f, s: f"{f.random.randint(0, 5)}{f.random.choice(('-', ' - '))}{f.random.randint(0, 4)}",
    "stock": lambda f, s: f.pick("stocks"),
    "file": lambda f, s: f.file_name(),
}
# What belongs to the page where no item of a list says otherwise: its paper, and every form of its date.
_OF_PAGE = {"section", "site", "site_caps", "host", "licence", "hotline", *_moment(Random(0), _EPOCH)}

SLOTS = frozenset(_MAKERS) | _OF_PAGE
"""What may stand in braces in a layout file."""
