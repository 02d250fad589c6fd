"""How a page writes what belongs to a picture: the caption, its credit, its alternative text."""

from dataclasses import dataclass
from random import Random

from locbao.train.composer import vocabularies
from locbao.train.composer.article import CREDIT
from locbao.train.composer.page_lines import BLANK, Row, rows_of
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.slots import Filler
from locbao.train.composer.values import cut

# Policies with their weights.
_CREDITS = {"none": 8, "end": 4, "parenthesis": 3, "own line": 4, "dash": 2, "source": 1, "bare": 1, "illustration": 1}
_ALTERNATIVES = {"same": 9, "near": 4, "title": 2, "number": 4, "dash": 2, "file": 3, "generic": 1, "mixed": 3}
_OF_TITLE = ("title", "number", "dash")
_LOOSE = 0.4  # pictures of a loose page with blank lines before them
_NUMBERS = (" - Ảnh {}.", " - Ảnh {}", " - {}", " - Hình {}", " (Ảnh {})", " {}", " - Photo {}.", " - Hình ảnh {}.")
_GENERIC = ("Ảnh minh họa", "Ảnh minh họa.", "Hình minh họa", "(Ảnh minh họa)", "image", "Ảnh")
_OWN_LINES = ("Ảnh: {}", "Ảnh: {}", "(Ảnh: {})", "Nguồn: {}", "Ảnh {}", "{}")


@dataclass(slots=True)
class CaptionStyle:
    """The policy of one page; `number` counts its pictures."""

    filler: Filler
    recipe: Recipe
    credit: str
    alternative: str
    numbering: str
    alone: bool
    gap: bool
    after: bool
    loose: bool
    title: str
    photographers: tuple[str, ...]
    number: int = 0

    @classmethod
    def draw(cls, filler: Filler, recipe: Recipe) -> "CaptionStyle":
        """The policy of a new page, by chance."""
        random, name = filler.random, filler.name()
        owner = random.choice((name, name.upper(), random.choice(vocabularies.PENS)))
        return cls(
            filler=filler,
            recipe=recipe,
            credit="as written" if random.random() < recipe.keep_credit else _weighted(random, _CREDITS),
            alternative="none" if random.random() < recipe.no_alternative else _weighted(random, _ALTERNATIVES),
            numbering=random.choice(_NUMBERS),
            alone=random.random() < recipe.numbered_alone,
            gap=random.random() < recipe.alternative_gap,
            after=random.random() < recipe.alternative_after,
            loose=random.random() < recipe.loose_pictures,
            title=_unquoted(filler.title) if random.random() < recipe.plain_title else filler.title,
            photographers=(owner, random.choice(vocabularies.AGENCIES)),
        )

    def rows(self, caption: str) -> list[Row]:
        """The lines of a picture, blank lines before and between them included."""
        credited = self._credited(caption)
        alternatives = self._alternatives(credited[0])
        if alternatives and self.alone and self.alternative in _OF_TITLE:
            credited = []
        first, second = (credited, alternatives) if self.after else (alternatives, credited)
        gap = [BLANK] * (self.gap and bool(first) and bool(second))
        before = [BLANK] * (2 * (self.loose and self.filler.random.random() < _LOOSE))
        return before + rows_of(first, "caption") + gap + rows_of(second, "caption")

    def _credited(self, caption: str) -> list[str]:
        """The caption as this page writes it, the credit on a line of its own if that is the policy."""
        if self.credit == "as written":
            return [caption]
        text = CREDIT.sub("", caption).strip()
        if not text:
            return [caption]
        random, owner = self.filler.random, self.filler.random.choice(self.photographers)
        if self.credit == "none":
            return [text if random.random() < 0.7 or text.endswith(".") else text + "."]
        if self.credit == "own line":
            return [text, random.choice(_OWN_LINES).format(owner)]
        written = {
            "end": f"{text.rstrip('.')}. Ảnh: {owner}",
            "parenthesis": f"{text.rstrip('.')} (Ảnh: {owner})",
            "dash": f"{text.rstrip('.')} - Ảnh: {owner}",
            "source": f"{text.rstrip('.')}. (Nguồn: {owner})",
            "bare": f"{text.rstrip('.')} ({owner})",
            "illustration": f"{text.rstrip('.')}. Ảnh minh họa",
        }
        return [written[self.credit]]

    def _alternatives(self, caption: str) -> list[str]:
        random = self.filler.random
        policy = _weighted(random, _ALTERNATIVES) if self.alternative == "mixed" else self.alternative
        if policy in ("none", "mixed") or random.random() < self.recipe.skipped_alternative:
            self.number += 1
            return []
        several = policy in ("number", "dash") and random.random() < self.recipe.several_alternatives
        return [self._alternative(policy, caption) for _ in range(random.randint(2, 3) if several else 1)]

    def _alternative(self, policy: str, caption: str) -> str:
        random = self.filler.random
        self.number += 1
        if policy == "near":
            return _nearly(random, caption)
        return {
            "same": caption,
            "title": self.title,
            "number": self.title + self.numbering.format(self.number),
            "dash": f"{self.title} - {self.number}",
            "file": self.filler.value("file", {}),
            "generic": random.choice(_GENERIC),
        }[policy]


def _unquoted(text: str) -> str:
    return "".join(char for char in text if char not in "\"'“”‘’")


def _weighted(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _nearly(random: Random, caption: str) -> str:
    """A text that differs from the caption by its end, its credit, a word or its case."""
    parts = caption.split()
    if len(parts) < 4:
        return caption.rstrip(".")
    at = random.randrange(len(parts))
    return random.choice(
        (
            cut(random, caption, (len(parts) * 2 // 3, len(parts) - 1)),
            CREDIT.sub("", caption) or caption,
            " ".join(parts[:at] + parts[at + 1 :]),
            caption.rstrip(".") if caption.endswith(".") else caption + ".",
            " ".join(parts[: max(4, len(parts) // 2)]),
            caption.replace('"', ""),
        )
    )
