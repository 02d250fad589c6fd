"""What decides a line model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from locbao.features.lines.design import FAMILIES
from locbao.train.composer.recipe import Recipe
from locbao.train.configuration import ConfigError, as_type, checked, read_toml

_LEAST = {  # of the numbers that cannot be just any
    **dict.fromkeys(("seed", "composed", "words", "folds", "labelled_weight", "material_weight"), 0),
    **dict.fromkeys(("iterations", "word_sources"), 1),
    **dict.fromkeys(("strength", "rarest", "caption_odds"), 1e-9),
}


@dataclass(frozen=True, slots=True)
class LineConfig:
    """Configuration of `locbao train lines`; the defaults are the measured best (see experiments/)."""

    seed: int = 1
    composed: int = 2000
    """Composed pages beside the labelled ones."""
    labelled_weight: float = 10.0
    """Weight of a line of the corpus against one of a composed page."""
    material_weight: float = 1.0
    """Weight of a line of the material's pages."""
    families: tuple[str, ...] = tuple(FAMILIES)
    """Families of features."""
    context: bool = True
    """Neighbouring lines' levels are seen."""
    second_pass: bool = True
    words: int = 12_000
    """The most grams (single syllables and pairs) that the model knows."""
    word_sources: int = 4
    """Sources (sites, layouts) a gram must stand in."""
    strength: float = 0.1
    """Weakness of the regularisation: scikit-learn's C for training lines whose weights add up to 1,000."""
    rarest: float = 1e-3
    """Share of the lines below which a column's rareness is not made up for any further."""
    iterations: int = 40
    """Steps of the solver at the most."""
    caption_odds: float = 3.0
    """How many times worse it is to let a caption through than to call another line a caption."""
    folds: int = 10
    """The most folds to score in; 0 leaves the scoring out."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Sites that are held out together."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """Probabilities of the composer that differ from those of `train.recipe.Recipe`."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a manifest."""
        return asdict(self)


def read_config(path: Path | None, **overrides: Any) -> LineConfig:
    """The configuration in a TOML file (the defaults without one), with those `overrides` that are not None.

    Raises ConfigError: no such file, not TOML, an unknown key, a value of another type than the default's,
    a number that is too small.
    """
    given = {} if path is None else read_toml(path, "Write lines such as composed = 2000.")
    chosen = {**given, **{key: value for key, value in overrides.items() if value is not None}}
    return make_config(chosen, str(path or "configuration"))


def make_config(chosen: Mapping[str, Any], source: str) -> LineConfig:
    """The configuration with these values instead of the defaults. Raises ConfigError."""
    known = {entry.name: getattr(LineConfig(), entry.name) for entry in fields(LineConfig)}
    values = checked(chosen, known, _LEAST, source)
    sites = [site for group in values.get("groups", ()) for site in group]
    if len(sites) != len(set(sites)):
        raise ConfigError(f"{source}: groups", "a site stands in two groups", "Put all that belongs together in one.")
    values["recipe"] = _recipe(values.get("recipe", {}), source)
    families = values.get("families", tuple(FAMILIES))
    if not families or not set(families) <= set(FAMILIES):
        raise ConfigError(f"{source}: families", f"not all of {families!r} are known", f"Known: {', '.join(FAMILIES)}.")
    return LineConfig(**values)


def _recipe(chosen: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The composer's probabilities, each with the type that `Recipe` gives it."""
    known = {entry.name: entry.default for entry in fields(Recipe)}
    strange = ", ".join(sorted(set(chosen) - set(known)))
    if strange:
        raise ConfigError(source, f"the recipe has no {strange}", "See train/composer/recipe.py for its names.")
    if len(chosen.get("main_tail", (0, 0))) != 2:
        raise ConfigError(f"{source}: recipe.main_tail", "not a pair", "Give the least and the most lines.")
    return {name: as_type(known[name], value, f"{source}: recipe.{name}") for name, value in chosen.items()}
