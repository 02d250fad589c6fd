"""What decides a topic model beside its corpora: one value, one name, all of it saved in the model's manifest."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from locbao.features.topics.phrases import TOKENS
from locbao.predict.topics.topic_model import LONGEST_PHRASE
from locbao.train.configuration import Configuration, Count, FoldCount, Positive, Several, Share, Weight, fault


def _known_tokens(tokens: str) -> str:
    if tokens not in TOKENS:
        raise fault(f"unknown {tokens!r}", f"Use one of {', '.join(TOKENS)}.")
    return tokens


class TopicConfig(Configuration):
    """Configuration of `locbao train topics`; the defaults are the measured best (see experiments/)."""

    seed: Annotated[Count, Field(lt=2**32)] = 1
    tokens: Annotated[str, AfterValidator(_known_tokens)] = "both"
    """What a token is: "syllables", "words" as underthesea finds them, or "both"."""
    phrase: Annotated[int, Field(ge=1, le=LONGEST_PHRASE)] = 2
    """Tokens of the longest phrase that is learned."""
    rarest: Several = 3
    """Sentences that a phrase must stand in."""
    strength: Positive = 20.0
    """Weakness of the regularisation: scikit-learn's C."""
    rounds: Count = 2
    """How often the sentences that stand for an article are chosen anew; 0 learns from single sentences alone."""
    negatives: Several = 3
    """Sentences that stand for an article without the topic: the strongest ones."""
    unsure_weight: Weight = 0.4
    """Weight of an article whose readers doubted."""
    folds: FoldCount = 5
    """Folds to score in; 0 leaves the scoring out."""
    least: Several = 5
    """Articles with a topic, and articles without it, below which it is neither scored nor given a threshold."""
    target_precision: Share | None = None
    """The threshold is the lowest with this precision on articles held out, in place of the one with the best F1."""
    target_recall: Share | None = None
    """The same with the highest threshold of this recall. Only one of the two can be set."""

    @model_validator(mode="after")
    def _check_targets(self) -> "TopicConfig":
        if self.target_precision and self.target_recall:
            raise fault("target_precision and target_recall are both set", "A threshold can keep one of them: choose.")
        return self
