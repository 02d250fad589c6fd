"""Training pages: real articles set into many layouts, with written and real furniture.

A page depends on the seed and its number alone: it is the same however many are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from locbao.train.composer.article import Parts, parts_of_article
from locbao.train.composer.captions import CaptionStyle
from locbao.train.composer.content import ContentWriter, kicker, lead, signature
from locbao.train.composer.furniture import Furnisher, RealFurniture
from locbao.train.composer.layout import PARTS, Layout, Step
from locbao.train.composer.material import Material, Place
from locbao.train.composer.page_lines import Chunk, flattened, noisy
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.slots import Filler
from locbao.train.corpus.labelled_pages import site_key

_LENDERS = 2  # layouts beside its own that a page takes blocks from
_TRIES = 20  # loose articles looked at before a labelled one is taken

_LAST = ("footer", "copyright", "popup", "visitor_counter", "links", "nav")  # blocks that stay at the end


@dataclass(frozen=True, slots=True)
class ComposedPage:
    """A page with a label for each line, None on blank ones.

    `sites` are the keys of all real sites in it: the article's newspaper, the sites that its layouts were modelled on,
    the site of its real furniture.
    """

    id: str
    lines: tuple[str, ...]
    labels: tuple[str | None, ...]
    sites: frozenset[str]
    layout: str


def compose(
    material: Material, layouts: Sequence[Layout], count: int, seed: int, recipe: Recipe | None = None
) -> list[ComposedPage]:
    """`count` pages. Same material, layouts, seed and recipe: same pages."""
    return [_Page(material, layouts, f"{seed}/{number}", recipe or Recipe()).composed() for number in range(count)]


class _Page:
    """One page in the making."""

    def __init__(self, material: Material, layouts: Sequence[Layout], seed: str, recipe: Recipe) -> None:
        self.seed, self.recipe, self.material = seed, recipe, material
        self.random = Random(seed)
        self.layout, *lenders = self.random.sample(layouts, min(1 + _LENDERS, len(layouts)))
        self.photo_story = bool(material.photo_stories) and self.chance(recipe.photo_story)
        self.parts = self._article()
        shown = "" if self.chance(recipe.no_lead) else self.parts.lead
        self.filler = Filler(self.random, recipe, self.parts.headline, shown, material.headlines, material.captions)
        self.writer = ContentWriter(self.filler, CaptionStyle.draw(self.filler))
        self.furnisher = Furnisher(self.filler, self.layout, lenders)
        hosts = {host for layout in (self.layout, *lenders) for host in layout.after}
        self.sites = {site_key(site) for site in (*hosts, self.parts.site) if site}
        self.real = self._real()

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def composed(self) -> ComposedPage:
        rows = noisy(flattened(self._chunks(), self.random, self.recipe), self.random, self.recipe)
        lines, labels = zip(*rows, strict=True)
        return ComposedPage(f"composed/{self.seed}", lines, labels, frozenset(self.sites), self.layout.name)

    def _article(self) -> Parts:
        material = self.material
        if self.photo_story:
            return self.random.choice(material.photo_stories)
        if material.loose and not (material.parts and self.chance(self.recipe.labelled_article)):
            for _ in range(_TRIES):
                parts = parts_of_article(self.random.choice(material.loose), self.random)
                if parts and parts.length:
                    return parts
        return self.random.choice(material.parts)

    def _real(self) -> RealFurniture | None:
        sites = self.material.pages_by_site
        if not sites or not self.chance(self.recipe.real_page):
            return None
        site = self.random.choice(list(sites))
        self.sites.add(site)
        pages = [page for page in sites[site] if page[0].place != "list"]
        lists = [run for page in sites[site] for run in page if run.place == "list"]
        page = self.random.choice(pages) if pages else ()
        return RealFurniture(self.filler, page, lists, self.chance(self.recipe.real_other_words))

    def _chunks(self) -> list[Chunk]:
        """The page from top to bottom, cut to one of three sizes."""
        before, head, after = self._laid_out()
        content = self._content()
        if self.chance(self.recipe.under_headline):
            head, content = _picture_first(head, content)
        draw = self.random.random()
        if draw < self.recipe.whole_page:
            return before + head + content + after
        if draw < self.recipe.whole_page + self.recipe.main_page:
            return head + content + self._tail(after)
        return self._article_alone(head, content, after)

    def _laid_out(self) -> tuple[list[Chunk], list[Chunk], list[Chunk]]:
        """What stands before the article, around its headline and lead, and after its content."""
        before: list[Chunk] = []
        head: list[Chunk] = []
        after: list[Chunk] = []
        zone = before
        for step in self._steps():
            zone = head if step.name in ("KICKER", "HEADLINE") else after if step.name == "CONTENT" else zone
            if not self.chance(step.chance):
                continue
            if step.name in PARTS:
                zone += self._part(step.name)
            elif not self.chance(self.recipe.drop_block):
                zone.append(self.furnisher.block(step.name))
        if self.chance(self.recipe.sticky_headline):
            sticky = Chunk.of("furniture", self.filler.title)
            (head if self.chance(0.4) else after).append(sticky)
        before, after = self._with_real("before", before), self._with_real("after", after)
        recipe, furnisher = self.recipe, self.furnisher
        for zone, cards, numbers, size in (
            (before, recipe.cards_before, recipe.numbers_before, (2, 6)),
            (after, recipe.cards_after, recipe.numbers_after, (3, 9)),
        ):
            if self.chance(cards):
                zone.insert(self.random.randint(0, len(zone)), furnisher.cards(*size))
            if self.chance(numbers):
                zone.insert(self.random.randint(0, len(zone)), furnisher.numbers())
        return before, self._with_real("under", head), after

    def _steps(self) -> list[Step]:
        """The layout's steps; those after the article in another order, if the recipe wants it."""
        steps = list(self.layout.order)
        if not self.chance(self.recipe.shuffle_after):
            return steps
        start = 1 + max(index for index, step in enumerate(steps) if step.name in PARTS)
        moving = [step for step in steps[start:] if step.name not in _LAST]
        self.random.shuffle(moving)
        return steps[:start] + moving + [step for step in steps[start:] if step.name in _LAST]

    def _part(self, name: str) -> list[Chunk]:
        if name == "KICKER":
            return [Chunk.of("extra", kicker(self.filler))]
        if name == "HEADLINE":
            above = self._part("KICKER") if self.chance(self.recipe.kicker) else []
            headline = Chunk.of("headline", self.filler.title)
            if not self.chance(self.recipe.author_twice):
                return [*above, headline]
            name = self.filler.page["author"]
            name = name.upper() if self.chance(0.3) else name
            return [*above, headline, Chunk.of("extra", *[name] * (2 if self.chance(0.7) else 1))]
        if name == "LEAD" and self.filler.lead:
            return [Chunk.of("paragraph", lead(self.filler))]
        if name == "SIGNATURE":
            return [Chunk.of("extra", line) for line in signature(self.filler, self.parts)]
        return []

    def _content(self) -> list[Chunk]:
        """Paragraphs and pictures with blocks of furniture between them."""
        chunks = self.writer.content(self.parts, photo_story=self.photo_story)
        if not self.filler.lead and self.parts.lead:
            chunks.insert(0, Chunk.of("paragraph", self.parts.lead))
        inserted = self._between()
        last = Chunk("furniture", [])
        if inserted and self.chance(self.recipe.after_content):
            last = inserted.pop()
        places = [index + 1 for index, chunk in enumerate(chunks[:-1]) if chunk.kind != "heading"]
        chosen = sorted(self.random.sample(places, min(len(places), len(inserted))), reverse=True)
        for place, block in zip(chosen, inserted, strict=False):
            chunks.insert(place, block)
        return [*chunks, last]

    def _between(self) -> list[Chunk]:
        """Blocks for places inside the content, in no order."""
        number = self.random.choices(range(len(self.recipe.between_blocks)), self.recipe.between_blocks)[0]
        steps = [step for step in self.layout.between if self.chance(step.chance)]
        written = [self._block_between(steps) for _ in range(number)]
        return self._with_real("between", written)

    def _block_between(self, steps: Sequence[Step]) -> Chunk:
        if self.chance(self.recipe.cards_between):
            return self.furnisher.cards(1, 3)
        if not steps or self.chance(self.recipe.related_run):
            return self.furnisher.related_run()
        return self.furnisher.block(self.random.choice(steps).name)

    def _with_real(self, place: Place, chunks: list[Chunk]) -> list[Chunk]:
        """The chunks of a place with the real furniture for it, in place of the written or beside it."""
        if self.real is None or not self.chance(self.recipe.real_place):
            return chunks
        runs = self.real.runs(place)
        if place == "after" and self.chance(self.recipe.real_list):
            runs += self.real.runs("list")
        if not runs:
            return chunks
        if self.chance(self.recipe.real_instead):
            chunks = [chunk for chunk in chunks if not chunk.furniture]
        if place == "under":
            at = 1 + max((index for index, chunk in enumerate(chunks) if chunk.kind == "headline"), default=-1)
            return [*chunks[:at], *runs, *chunks[at:]]
        return chunks + runs

    def _tail(self, after: list[Chunk]) -> list[Chunk]:
        """The signature and some lines of the furniture behind it."""
        left = self.random.randint(*self.recipe.main_tail)
        kept: list[Chunk] = []
        for chunk in after:
            if left > 0 or not chunk.furniture:
                kept.append(Chunk(chunk.kind, chunk.rows[:left] if chunk.furniture else chunk.rows))
            left -= len(chunk.rows)
        return kept

    def _article_alone(self, head: list[Chunk], content: list[Chunk], after: list[Chunk]) -> list[Chunk]:
        """The article's own block, with at most one line of furniture at its end."""
        closing = [chunk.rows[:1] for chunk in after if chunk.furniture and chunk.rows]
        article = [chunk for chunk in [*head, *content, *after] if not chunk.furniture]
        if closing and self.chance(self.recipe.closing_line):
            article.append(Chunk("furniture", self.random.choice(closing)))
        return article


def _picture_first(head: list[Chunk], content: list[Chunk]) -> tuple[list[Chunk], list[Chunk]]:
    """With the first picture between headline and lead."""
    picture = next((chunk for chunk in content if chunk.kind == "caption"), None)
    if picture is None:
        return head, content
    at = 1 + max((index for index, chunk in enumerate(head) if chunk.kind == "headline"), default=-1)
    return [*head[:at], picture, *head[at:]], [chunk for chunk in content if chunk is not picture]
