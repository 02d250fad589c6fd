"""What a model is trained from: labelled corpora, and material to compose pages with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from locbao.train.composer.compose import ComposedPage, compose
from locbao.train.composer.layout import Layout, read_layouts
from locbao.train.composer.material import gather
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.corpus_files import example_corpus, expanded, first_row
from locbao.train.corpus.labelled_pages import (
    Article,
    CorpusPage,
    Headline,
    read_articles,
    read_corpus,
    read_headlines,
    site_key,
)

HEADLINES = Path(__file__).parents[1] / "data" / "headlines.jsonl"
LAYOUTS = Path(__file__).parents[1] / "data" / "layouts"


@dataclass(frozen=True, slots=True)
class Sources:
    """`corpus`: labelled pages, learned from and scored on. `pages`: labelled pages that are learned from only."""

    corpus: tuple[CorpusPage, ...]
    pages: tuple[CorpusPage, ...]
    articles: tuple[Article, ...]
    headlines: tuple[Headline, ...]
    layouts: tuple[Layout, ...]

    def compose(self, count: int, seed: int, recipe: Recipe) -> list[ComposedPage]:
        """Composed pages, each naming every site of the corpus that it has anything of.

        Real furniture comes from the corpus alone, whose sites are held out in turn; what stands on any page, headlines
        and captions of other articles, never does. Raises CorpusError if there is no article to compose with.
        """
        if not count:
            return []
        material = gather([*self.corpus, *self.pages], self.articles, self.headlines or read_headlines(HEADLINES))
        corpus = {site_key(page.site) for page in self.corpus}
        furniture = tuple(page for page in material.furniture if page[0].site in corpus)
        captions = tuple(caption for one in material.parts if one.site not in corpus for caption in one.captions)
        return compose(replace(material, furniture=furniture, captions=captions), self.layouts, count, seed, recipe)


def read_sources(corpora: Sequence[Path], material: Sequence[Path]) -> Sources:
    """Everything read and checked; without corpora, the example corpus.

    A material file holds labelled pages (`lines`), articles (`body`) or headlines (`title`): its first row tells.
    Headlines of a site that the corpus has are left out, so that a held-out site is not seen in them; without any,
    those that come with locbao serve. Raises CorpusError.
    """
    corpus = read_corpus(expanded(corpora) or example_corpus())
    pages: list[Path] = []
    articles: list[Article] = []
    headlines: list[Headline] = []
    for path in expanded(material):
        row = first_row(path)
        if "lines" in row:
            pages.append(path)
        elif "body" in row:
            articles += read_articles(path)
        else:
            headlines += read_headlines(path)
    corpus_sites = {site_key(page.site) for page in corpus}
    others = tuple(headline for headline in headlines if site_key(headline.site) not in corpus_sites)
    return Sources(tuple(corpus), tuple(read_corpus(pages)), tuple(articles), others, tuple(read_layouts(LAYOUTS)))
