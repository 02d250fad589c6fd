"""What decides a topic model beside its corpora: one value, one name, all of it saved in the model's manifest."""

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from locbao.features.phrases import TOKENS
from locbao.train.config import ConfigError


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """Configuration of `locbao train topics`; the defaults are the measured best (see experiments/)."""

    seed: int = 1
    tokens: str = "syllables"
    """What a token is: "syllables", or "words" as underthesea finds them."""
    phrase: int = 2
    """Tokens of the longest phrase that is learned."""
    rarest: int = 4
    """Sentences that a phrase must stand in."""
    strength: float = 20.0
    """Weakness of the regularisation: scikit-learn's C."""
    rounds: int = 2
    """How often the sentences that stand for an article are chosen anew; 0 learns from single sentences alone."""
    negatives: int = 3
    """Sentences that stand for an article without the topic: the strongest ones."""
    unsure_weight: float = 0.4
    """Weight of an article whose readers doubted."""
    folds: int = 5
    """Folds to score in; 0 leaves the scoring out."""
    least: int = 15
    """Articles with a topic, and articles without it, below which it is neither scored nor given a threshold."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a manifest."""
        return asdict(self)


_LEAST = {"phrase": 1, "rarest": 1, "strength": 1e-9, "rounds": 0, "negatives": 1, "unsure_weight": 0, "folds": 0}


def read_topic_config(path: Path | None, **overrides: Any) -> TopicConfig:
    """The configuration in a TOML file (the defaults without one), with those `overrides` that are not None.

    Raises ConfigError: no such file, not TOML, an unknown key, a value of another type than the default's, a number
    that is too small.
    """
    given: dict[str, Any] = {}
    if path is not None:
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(str(path), f"cannot be read ({error.strerror})", "Check the path.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(str(path), f"not TOML ({error})", "Write lines such as folds = 5.") from None
    chosen = {**given, **{key: value for key, value in overrides.items() if value is not None}}
    known = {entry.name: getattr(TopicConfig(), entry.name) for entry in fields(TopicConfig)}
    for key, value in chosen.items():
        source = str(path or "configuration")
        if key not in known:
            raise ConfigError(source, f"unknown key {key!r}", f"Known keys: {', '.join(known)}.")
        kinds = (int, float) if isinstance(known[key], float) else (type(known[key]),)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ConfigError(source, f"{key} = {value!r}", f"Give a value such as {known[key]!r}.")
        if key in _LEAST and value < _LEAST[key]:
            raise ConfigError(source, f"{key} = {value} is too small", f"Give at least {_LEAST[key]}.")
    if chosen.get("tokens", TOKENS[0]) not in TOKENS:
        raise ConfigError(str(path or "configuration"), f"tokens = {chosen['tokens']!r}", f"Use {' or '.join(TOKENS)}.")
    return TopicConfig(**chosen)
