"""What labelling gives back: a page whose lines carry labels."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """One line that is not blank.

    `number`: its line number in the input, from 1, blank lines counted.
    `text`: the input's own text, without the line end.
    `label`: one of LABELS. `score`: its probability. `scores`: the probability of every label; they sum to 1.
    """

    number: int
    text: str
    label: str
    score: float
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """The labelled lines of a page in page order.

    `topics`: the topics that the article carries, with probability. `topic_scores`: every topic's probability.
    `evidence`: for each topic carried, the numbers of the lines that speak most for it, the strongest first.
    All three are empty if the model knows no topics.
    """

    lines: tuple[LabelledLine, ...]
    topics: dict[str, float] = field(default_factory=dict)
    topic_scores: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The article: its body lines, joined by a blank line."""
        return "\n\n".join(line.text for line in self.lines if line.label == "body")

    @property
    def captions(self) -> tuple[str, ...]:
        """The caption lines in page order, repeats included."""
        return tuple(line.text for line in self.lines if line.label == "caption")
