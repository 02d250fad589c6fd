"""What decides a line model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from dataclasses import dataclass

from locbao.features.design import FAMILIES


@dataclass(frozen=True, slots=True)
class LineConfig:
    """Configuration of `locbao train lines`; the defaults are the measured best (see experiments/)."""

    seed: int = 1
    composed: int = 3000
    """Composed pages beside the labelled ones."""
    labelled_weight: float = 3.0
    """Weight of a labelled page's line against that of a composed page."""
    families: tuple[str, ...] = tuple(FAMILIES)
    context: bool = True
    """Neighbouring lines' levels are seen."""
    second_pass: bool = True
    words: int = 20_000
    """The most grams (single syllables and pairs) that the model knows."""
    word_sources: int = 4
    """Sources (sites, layouts) a gram must stand in."""
    strength: float = 0.003
    """Inverse of the regularisation, scikit-learn's C."""
    rarest: float = 1e-3
    """Share of the lines below which a column's rareness is not made up for any further."""
    iterations: int = 40
    """Steps of the solver at the most."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Sites that are held out together."""
