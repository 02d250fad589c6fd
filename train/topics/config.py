"""What decides a topic model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from locbao.features.topics.phrases import TOKENS
from locbao.predict.topic_model import LONGEST_PHRASE
from locbao.train.configuration import ConfigError, checked, read_toml


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """Configuration of `locbao train topics`; the defaults are the measured best (see experiments/)."""

    seed: int = 1
    tokens: str = "syllables"
    """What a token is: "syllables", or "words" as underthesea finds them."""
    phrase: int = 2
    """Tokens of the longest phrase that is learned."""
    rarest: int = 3
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


_LEAST = {  # of the numbers that cannot be just any
    **dict.fromkeys(("seed", "rounds", "unsure_weight", "folds"), 0),
    **dict.fromkeys(("phrase", "rarest", "negatives", "least"), 1),
    "strength": 1e-9,
}


def read_topic_config(path: Path | None, **overrides: Any) -> TopicConfig:
    """The configuration in a TOML file (the defaults without one), with those `overrides` that are not None.

    Raises ConfigError: no such file, not TOML, an unknown key, a value of another type than the default's, a number
    that is too small or too large.
    """
    given = {} if path is None else read_toml(path, "Write lines such as folds = 5.")
    chosen = {**given, **{key: value for key, value in overrides.items() if value is not None}}
    return make_topic_config(chosen, str(path or "configuration"))


def make_topic_config(given: Mapping[str, Any], source: str) -> TopicConfig:
    """The configuration of these values, `source` their name in messages. Raises ConfigError as `read_topic_config`."""
    values = checked(dict(given), TopicConfig().as_dict(), _LEAST, source)
    if values.get("tokens", TOKENS[0]) not in TOKENS:
        raise ConfigError(f"{source}: tokens", f"unknown {values['tokens']!r}", f"Use {' or '.join(TOKENS)}.")
    if values.get("phrase", 1) > LONGEST_PHRASE:
        raise ConfigError(
            f"{source}: phrase", f"{values['phrase']} is too large", f"Give {LONGEST_PHRASE} at the most."
        )
    return TopicConfig(**values)
