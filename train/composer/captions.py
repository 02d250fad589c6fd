"""How a page writes what belongs to a picture: the caption, its credit, its alternative text."""

from dataclasses import dataclass
from random import Random

from locbao.train.composer.article import CREDIT
from locbao.train.composer.page_lines import BLANK, Row, rows_of
from locbao.train.composer.slots import Filler, cut, without_marks

# Policies with their weights.
_CREDITS = {"none": 8, "end": 4, "parenthesis": 3, "own line": 4, "dash": 2, "source": 1, "bare": 1, "illustration": 1}
_ALTERNATIVES = {
    **{"same": 9, "near": 4, "title": 2, "number": 4, "folded": 1, "dash": 2, "file": 3, "generic": 1, "mixed": 3}
}
_OF_TITLE = ("title", "number", "dash", "folded")
_LOOSE = 0.4  # pictures of a loose page with blank lines before them


@dataclass(slots=True)
class CaptionStyle:
    """The policy of one page; `number` counts its pictures."""

    filler: Filler
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
    def draw(cls, filler: Filler) -> "CaptionStyle":
        """The policy of a new page, by chance."""
        random, recipe, name = filler.random, filler.recipe, filler.name()
        owner = random.choice((name, name.upper(), filler.pick("pens")))
        return cls(
            filler=filler,
            credit="as written" if filler.chance(recipe.keep_credit) else _weighted(random, _CREDITS),
            alternative="none" if filler.chance(recipe.no_alternative) else _weighted(random, _ALTERNATIVES),
            numbering=filler.pick("alternative_numbers"),
            alone=filler.chance(recipe.numbered_alone),
            gap=filler.chance(recipe.alternative_gap),
            after=filler.chance(recipe.alternative_after),
            loose=filler.chance(recipe.loose_pictures),
            title=_unquoted(filler.title) if filler.chance(recipe.plain_title) else filler.title,
            photographers=(owner, filler.pick("agencies")),
        )

    def rows(self, caption: str) -> list[Row]:
        """The lines of a picture, blank lines before and between them included."""
        credited = self._credited(caption)
        alternatives = self._alternatives(credited[0])
        if alternatives and self.alone and self.alternative in _OF_TITLE:
            credited = []
        first, second = (credited, alternatives) if self.after else (alternatives, credited)
        gap = [BLANK] * (self.gap and bool(first) and bool(second))
        before = [BLANK] * (2 * (self.loose and self.filler.chance(_LOOSE)))
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
            return [text, self.filler.pick("credit_lines").format(owner)]
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
        random, recipe = self.filler.random, self.filler.recipe
        policy = _weighted(random, _ALTERNATIVES) if self.alternative == "mixed" else self.alternative
        if policy in ("none", "mixed") or self.filler.chance(recipe.skipped_alternative):
            self.number += 1
            return []
        several = policy in ("number", "dash") and self.filler.chance(recipe.several_alternatives)
        return [self._alternative(policy, caption) for _ in range(random.randint(2, 3) if several else 1)]

    def _alternative(self, policy: str, caption: str) -> str:
        self.number += 1
        if policy == "near":
            return _nearly(self.filler.random, caption)
        return {
            "same": caption,
            "title": self.title,
            "number": self.title + self.numbering.format(self.number),
            "dash": f"{self.title} - {self.number}",
            "folded": f"{without_marks(self.title)} hinh anh {self.number}",
            "file": self.filler.value("file", {}),
            "generic": self.filler.pick("alternative_generic"),
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
