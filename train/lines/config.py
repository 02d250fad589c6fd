"""What decides a line model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from locbao.features.lines.design import FAMILIES
from locbao.predict.store.schema import MAX_LINE_WORDS
from locbao.train.composer.recipe import Recipe
from locbao.train.configuration import Configuration, Count, FoldCount, Listed, Positive, Several, Weight, fault
from locbao.train.corpus.labelled_pages import site_key


def _known(families: tuple[str, ...]) -> tuple[str, ...]:
    if not families or not set(families) <= set(FAMILIES):
        raise fault(f"not all of {families!r} are known", f"Known: {', '.join(FAMILIES)}.")
    if len(families) != len({*families}):
        raise fault("a family stands in it twice", "Name each once.")
    return families


def _disjoint(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    sites = [site for group in groups for site in {*map(site_key, group)}]
    if len(sites) != len(set(sites)):
        raise fault("a site stands in two groups", "Put all that belongs together in one.")
    return groups


class LineConfig(Configuration):
    """Configuration of `locbao train lines`; the shipped model's values are in experiments/shipped.toml."""

    seed: Count = 1
    composed: Count = 2000
    """Composed pages beside the labelled ones."""
    labelled_weight: Weight = 4.0
    """Weight of a line of the corpus against one of a composed page."""
    page_lines: Several = 300
    """A page of the corpus weighs no more than one of so many lines."""
    site_lines: Several = 1200
    """The pages of a site weigh no more than so many lines together."""
    material_weight: Weight = 1.0
    """Weight of a line of the material's pages."""
    families: Annotated[Listed[str], AfterValidator(_known)] = tuple(FAMILIES)
    """Families of features."""
    context: bool = True
    """Neighbouring lines' levels are seen."""
    second_pass: bool = True
    words: Annotated[Count, Field(le=MAX_LINE_WORDS)] = 12_000
    """The most grams (single syllables and pairs) that the model knows."""
    word_sources: Several = 4
    """Sources (sites, layouts) a gram must stand in."""
    strength: Positive = 0.1
    """Weakness of the regularisation: scikit-learn's C for training lines whose weights add up to 1,000."""
    rarest: Positive = 1e-3
    """Share of the lines below which a column's rareness is not made up for any further."""
    iterations: Several = 40
    """Steps of the solver at the most."""
    folds: FoldCount = 10
    """The most folds to score in; 0 leaves the scoring out."""
    groups: Annotated[Listed[Listed[str]], AfterValidator(_disjoint)] = ()
    """Sites that are held out together."""
    recipe: Recipe = Recipe()
    """Probabilities of the composer; the manifest has those that were given."""

    @model_validator(mode="before")
    @classmethod
    def _check_moved(cls, values: Any) -> Any:
        if isinstance(values, dict) and "caption_odds" in values:
            raise fault(
                "caption_odds belongs no longer to the training",
                "Delete it here, and say it where pages are labelled: `locbao predict --caption-odds 3`, or "
                "`model.label(text, caption_odds=3)`.",
            )
        return values

    def group_of(self, site: str) -> tuple[str, ...]:
        """The keys of all sites that are held out with a site, its own among them."""
        keys = (tuple(dict.fromkeys(map(site_key, group))) for group in self.groups)
        return next((group for group in keys if site_key(site) in group), (site_key(site),))

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"recipe": self.recipe.model_dump(exclude_unset=True)}
