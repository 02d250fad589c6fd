"""Slots of layout files and their values.

A `Filler` belongs to one page. What a page keeps the same everywhere (its paper, section, author, date) is drawn once;
what belongs to another article (headline, teaser, date) is drawn once for each item of a list, or for each line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from locbao.train.composer import values as invent
from locbao.train.composer import vocabularies
from locbao.train.composer.article import CREDIT
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.labelled_pages import Headline

Scope = dict[str, str]

_EPOCH = datetime(2012, 1, 1)
_DAYS = 5300  # days after the epoch in which a page may have been published
_OLDEST = 40 * 24 * 60  # minutes that a related article may be older than the page
_HEADLINE_CUT = (5, 12)  # words left of a headline that is cut
_TEASER_CUT = (15, 28)
_CUT_TEASERS = 0.25
_OWN_TITLE = 0.02  # chance that another headline is the page's own
_TOPICAL = 0.6  # tags made of the headline's words
_SHORTEST_CAPTION = 4  # words
_SEVERAL = (  # slots that mean another thing each time they stand in a line
    *("tag", "hashtag", "num", "stock", "team", "province", "comment", "user", "percent", "views", "money", "section2"),
)
_MAILBOXES = ("toasoan", "bandoc", "lienhe", "quangcao", "info", "dientu")
_DOMAINS = (".vn", ".vn", ".com.vn", ".net", ".net.vn", ".com")


@dataclass(slots=True)
class Filler:
    """Values for the slots of one page: `title` and `lead` are its own, `headlines` and `captions` those of others."""

    random: Random
    title: str
    lead: str
    headlines: Sequence[Headline]
    captions: Sequence[str]
    page: Scope = field(init=False)
    _published: datetime = field(init=False)

    def __post_init__(self) -> None:
        random, pick = self.random, self.random.choice
        paper = pick(vocabularies.PAPERS)
        self._published = _EPOCH + timedelta(days=random.randrange(_DAYS), minutes=random.randrange(1440))
        self.page = invent.moment(random, self._published) | {
            "site": paper,
            "site_caps": paper.upper(),
            "host": invent.fold(paper).replace(" ", "") + pick(_DOMAINS),
            "section": pick(vocabularies.SECTIONS),
            "author": self.name(),
            "licence": invent.licence(random),
            "hotline": invent.phone(random),
        }

    def fill(self, texts: Sequence[str], slots: Sequence[str], scope: Scope) -> str:
        """The line of these literal texts with the slots' values between them; `scope` keeps values that must agree."""
        parts = [texts[0]]
        for slot, text in zip(slots, texts[1:], strict=True):
            parts += (self.value(slot, scope), text)
            if slot in _SEVERAL:
                scope.pop(slot, None)
        return "".join(parts)

    def value(self, slot: str, scope: Scope) -> str:
        """The value of a slot: the scope's, else a new one, which the scope keeps."""
        if slot not in scope:
            made = _MAKERS[slot](self, scope)
            scope.setdefault(slot, made)
        return scope[slot]

    def item(self) -> Scope:
        """The scope of an item of a list: another article with its own section and time."""
        earlier = self._published - timedelta(minutes=int(_OLDEST * self.random.random() ** 3))
        return invent.moment(self.random, earlier) | {"section": self.random.choice(vocabularies.SECTIONS)}

    def plain(self) -> Scope:
        """The scope of a line of the page itself."""
        return dict(self.page)

    def name(self) -> str:
        """Somebody's name."""
        return invent.person(self.random)

    def headline(self) -> Headline:
        """Another article; now and then the page's own, which stands in the site's lists too."""
        if self.random.random() < _OWN_TITLE:
            return Headline(self.title, self.lead, "")
        return self.random.choice(self.headlines)

    def _of_news(self, slot: str, scope: Scope) -> str:
        """Headline and teaser come together, whichever is asked for first."""
        if "headline" not in scope:
            news = self.headline()
            teaser = news.summary or self.random.choice(self.headlines).summary or news.title
            if self.random.random() < _CUT_TEASERS:
                teaser = invent.cut(self.random, teaser, _TEASER_CUT)
            shortened = invent.cut(self.random, news.title, _HEADLINE_CUT)
            scope |= {"headline": news.title, "headline_cut": shortened, "teaser": teaser}
        return scope[slot]

    def _tag(self) -> str:
        title = self.title.split()
        if len(title) < 4 or self.random.random() > _TOPICAL:
            return self.random.choice(vocabularies.TAGS)
        start = self.random.randrange(len(title) - 2)
        return " ".join(title[start : start + self.random.randint(2, 4)]).strip(" ,.:;?!\"'“”‘’-").lower()

    def _hashtag(self) -> str:
        return "#" + invent.fold(self._tag()).replace(" ", self.random.choice(("", "", "_")))

    def _caption(self) -> str:
        """What stands under another article's thumbnail: its picture's text or its headline, without credit."""
        if self.captions and self.random.random() < 0.5:
            caption = CREDIT.sub("", self.random.choice(self.captions))
            if len(caption.split()) >= _SHORTEST_CAPTION:
                return caption
        return self.headline().title

    def _url(self) -> str:
        slug = invent.fold(self.headline().title).replace(" ", "-")[:60].strip("-")
        end = self.random.choice((".html", ".htm", ""))
        return f"https://{self.page['host']}/{slug}-{self.random.randint(10**4, 10**7)}{end}"


@dataclass(frozen=True, slots=True)
class PartWriter:
    """Writes a part of one page: its values, and the numbers that decide by chance, are those of the page's filler."""

    filler: Filler
    recipe: Recipe

    @property
    def random(self) -> Random:
        return self.filler.random

    def chance(self, of: float) -> bool:
        return self.random.random() < of


Maker = Callable[[Filler, Scope], str]


def _of_page(slot: str) -> Maker:
    return lambda filler, scope: filler.page[slot]


def _one_of(values: Sequence[str]) -> Maker:
    return lambda filler, scope: filler.random.choice(values)


def _invented(make: Callable[[Random], str]) -> Maker:
    return lambda filler, scope: make(filler.random)


def _news(slot: str) -> Maker:
    return lambda filler, scope: filler._of_news(slot, scope)


_MAKERS: dict[str, Maker] = {
    "title": lambda f, s: f.title,
    "lead": lambda f, s: f.lead,
    "headline": _news("headline"),
    "headline_cut": _news("headline_cut"),
    "teaser": _news("teaser"),
    "caption": lambda f, s: f._caption(),
    "section2": _one_of(vocabularies.SECTIONS),
    "province": _one_of(vocabularies.PROVINCES),
    "name": lambda f, s: f.name(),
    "name_caps": lambda f, s: f.value("name", s).upper(),
    "pen": _one_of(vocabularies.PENS),
    "agency": _one_of(vocabularies.AGENCIES),
    "role": _one_of(vocabularies.ROLES),
    "ago": _invented(invent.ago),
    "n": _invented(lambda random: str(random.randint(1, 10))),
    "num": _invented(lambda random: str(random.choice((0, 1, 2, 3, 5, 7, 12, 24, 36, 108, random.randint(1, 400))))),
    "views": _invented(invent.count),
    "percent": _invented(lambda random: f"{random.randint(0, 30)},{random.randint(0, 99)}%"),
    "money": _invented(invent.money),
    "temp": _invented(lambda random: f"{random.randint(8, 39)}{random.choice(('°C', '°', ' °C', 'oC'))}"),
    "phone": _invented(invent.phone),
    "fax": _invented(invent.phone),
    "email": lambda f, s: f"{f.random.choice(_MAILBOXES)}@{f.page['host']}",
    "url": lambda f, s: f._url(),
    "short_url": lambda f, s: f"{f.page['host']}/{f.random.randint(100, 10**6)}",
    "address": _invented(invent.address),
    "tag": lambda f, s: f._tag(),
    "hashtag": lambda f, s: f._hashtag(),
    "user": lambda f, s: f.random.choice(vocabularies.NICKS) if f.random.random() < 0.6 else f.name(),
    "comment": _invented(invent.comment),
    "team": _one_of(vocabularies.TEAMS),
    "score": _invented(lambda random: f"{random.randint(0, 5)}{random.choice(('-', ' - '))}{random.randint(0, 4)}"),
    "stock": _one_of(vocabularies.STOCKS),
    "file": lambda f, s: invent.file_name(f.random, f.title),
}
# What belongs to the page where no item of a list says otherwise: its paper, and every form of its date.
_OF_PAGE = ("section", "site", "site_caps", "host", "licence", "hotline", *invent.moment(Random(0), _EPOCH))
_MAKERS |= {slot: _of_page(slot) for slot in _OF_PAGE}

SLOTS = frozenset(_MAKERS)
