"""What decides a line model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from typing import Annotated, Any

from pydantic import AfterValidator

from locbao.features.lines.design import FAMILIES
from locbao.train.composer.recipe import Recipe
from locbao.train.configuration import Configuration, Count, FoldCount, Listed, Positive, Several, Weight, fault


def _known(families: tuple[str, ...]) -> tuple[str, ...]:
    if not families or not set(families) <= set(FAMILIES):
        raise fault(f"not all of {families!r} are known", f"Known: {', '.join(FAMILIES)}.")
    return families


def _disjoint(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    sites = [site for group in groups for site in group]
    if len(sites) != len(set(sites)):
        raise fault("a site stands in two groups", "Put all that belongs together in one.")
    return groups


class LineConfig(Configuration):
    """Configuration of `locbao train lines`; the defaults are the measured best (see experiments/)."""

    seed: Count = 1
    composed: Count = 2000
    """Composed pages beside the labelled ones."""
    labelled_weight: Weight = 10.0
    """Weight of a line of the corpus against one of a composed page."""
    material_weight: Weight = 1.0
    """Weight of a line of the material's pages."""
    families: Annotated[Listed[str], AfterValidator(_known)] = tuple(FAMILIES)
    """Families of features."""
    context: bool = True
    """Neighbouring lines' levels are seen."""
    second_pass: bool = True
    words: Count = 12_000
    """The most grams (single syllables and pairs) that the model knows."""
    word_sources: Several = 4
    """Sources (sites, layouts) a gram must stand in."""
    strength: Positive = 0.1
    """Weakness of the regularisation: scikit-learn's C for training lines whose weights add up to 1,000."""
    rarest: Positive = 1e-3
    """Share of the lines below which a column's rareness is not made up for any further."""
    iterations: Several = 40
    """Steps of the solver at the most."""
    caption_odds: Positive = 3.0
    """How many times worse it is to let a caption through than to call another line a caption."""
    folds: FoldCount = 10
    """The most folds to score in; 0 leaves the scoring out."""
    groups: Annotated[Listed[Listed[str]], AfterValidator(_disjoint)] = ()
    """Sites that are held out together."""
    recipe: Recipe = Recipe()
    """Probabilities of the composer; the manifest has those that were given."""

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"recipe": self.recipe.model_dump(exclude_unset=True)}
