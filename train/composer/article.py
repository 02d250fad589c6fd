"""Articles taken apart: headline, lead, blocks, signature.

Lines that a corpus calls body but a reader would not (calls to watch a video, links to related articles, credits) are
left out: what a composed page calls body must be it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from locbao.train.corpus.labelled_pages import Article, CorpusPage

Kind = Literal["paragraph", "heading", "caption"]
Entry = tuple[str, str | None, str | None]  # text, label and kind of a line

HEADING = 90  # characters of the longest sub-heading
SIGNATURE = 12  # words of the longest signature
LAST = 5  # words of the longest line without a full stop that, at an article's very end, can only be a signature
LEAD = 12  # words of the shortest lead
PARAGRAPH = 1400  # characters beyond which a paragraph is a whole article that has lost its line breaks
POINTING = 170  # characters of the longest line that is no paragraph if it points into a picture
PROSE_CAPTION = 170  # characters beyond which a caption without credit may as well be prose
SENTENCES = (1, 1, 2, 2, 2, 3, 3, 4)  # of a paragraph rebuilt from sentences

_END = re.compile(r"[.!?…:;]\s*[\"”’')\]]*$")
# The credit that ends a caption, with what sets it apart from the text before.
CREDIT = re.compile(
    r"(?:^|[\s.,;–(\[-])[\s.,;–(\[-]*"
    r"(?:(?:Ảnh|Nguồn ảnh|Nguồn|Đồ họa|Đồ hoạ|Video|Clip|Ảnh minh họa|Ảnh chụp màn hình|Ảnh tư liệu)\s*:[^:]{1,60}"
    r"|Ảnh (?:minh họa|minh hoạ|tư liệu))[)\]]?\.?$"
)
_STRANGE = re.compile(
    r"^[>*»•\s]*(?:Mời (?:độc giả|quý vị|bạn|các bạn|xem)|Xem (?:thêm|video|clip|tiếp)|Đọc (?:thêm|tiếp)"
    r"|Tin liên quan|Bài liên quan|Video|Clip\b)"
    r"|>\s?>|https?://|tại đây\s*[.:]?$|^\W*$",
    re.IGNORECASE,
)
# What points into a picture: a text with it is a caption that lost its place.
_POINTING = re.compile(
    r"\((?:[^()]{0,25}\b(?:trái|phải|giữa|trên|dưới)|áo \w+|bìa \w+|đứng|ngồi|hàng \w+)\)"
    r"|trong ảnh\b|từ (?:trái|phải) (?:sang|qua)",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^\(?(?:theo|nguồn|tin|bài|ảnh|pv|t/h|tổng hợp|lược dịch|biên dịch|thực hiện)\b", re.IGNORECASE)
_NOTE = re.compile(r"\s*\([^()]*\)\.?$")  # what was done, or by whom else, after a name
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:TP|Tp|TS|ThS|PGS|GS|BS|Q|P|St|Mr|Mrs|Dr|Tr|[A-ZĐ])\.$")
_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif)$", re.IGNORECASE)
_SPACING = (
    (re.compile(r"\s*/\s*"), "/"),
    (re.compile(r"(\d) (%|(?:h|km|m|kg|ha)\b)"), r"\1\2"),
    (re.compile(r"(\w) -(\d)"), r"\1-\2"),
    (re.compile(r"\s+([,.;:!?])"), r"\1"),
    (re.compile(r"([\"'])\s+([^\"']+?)\s+\1"), r"\1\2\1"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A line of an article's content."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """An article in parts; `lead` is "" and `signature` empty where it has none.

    `site` is its newspaper's key, "" if that is unknown.
    """

    headline: str
    lead: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...]
    site: str

    @property
    def captions(self) -> tuple[str, ...]:
        """The texts of its captions, in order."""
        return tuple(block.text for block in self.blocks if block.kind == "caption")

    @property
    def length(self) -> int:
        """Characters of its paragraphs."""
        return sum(len(block.text) for block in self.blocks if block.kind == "paragraph")


def parts_of_page(page: CorpusPage, site: str) -> Parts | None:
    """The article of a labelled page, or None where the page has none or its captions cannot be told from prose."""
    labelled: list[Entry] = [
        (text.strip(), label, kind)
        for text, label, sure, kind in zip(page.lines, page.labels, page.sure, page.kinds, strict=True)
        if sure and label in ("body", "caption")
    ]
    first = next((index for index, (_, label, _) in enumerate(labelled) if label == "body"), None)
    if first is None:
        return None
    headline, rest = labelled[first][0], labelled[:first] + labelled[first + 1 :]
    at = next((i for i, (text, label, _) in enumerate(rest[:4]) if label == "body" and len(text.split()) >= LEAD), None)
    lead = rest[at][0] if at is not None else ""
    content = (
        [entry for index, entry in enumerate(rest) if index > at or entry[1] == "caption"] if at is not None else rest
    )
    content, signature = _signed(content)
    blocks = tuple(_blocks(content, headline))
    if _ambiguous(blocks):
        return None
    return Parts(headline, lead, blocks, signature, site)


def parts_of_article(article: Article, random: Random) -> Parts | None:
    """A loose article with its captions set between paragraphs at random.

    None where it has lost its line breaks, or where its captions seem to stand among its paragraphs.
    """
    lines = [tidy(line) for line in article.body]
    if not lines or max(map(len, lines)) > PARAGRAPH:
        return None
    if not article.captions and sum(bool(_POINTING.search(line)) for line in lines) > 1:
        return None
    captions = _joined_credits([tidy(caption) for caption in article.captions])
    signature = (lines.pop(),) if is_signature(lines[-1]) and not CREDIT.match(lines[-1]) else ()
    paragraphs = _paragraphs(lines, random) if article.captions else dict.fromkeys(lines)
    caption_texts = set(captions)
    blocks = [Block(_kind(text), text) for text in paragraphs if text not in caption_texts and not _unlike_body(text)]
    if blocks and not _END.search(blocks[-1].text):
        blocks.pop()  # what ends an article without a full stop is mostly a caption that went astray
    for caption in captions:
        blocks.insert(random.randint(0, len(blocks)), Block("caption", caption))
    return Parts(tidy(article.title), tidy(article.lead), tuple(blocks), signature, "")


def is_signature(text: str) -> bool:
    """Whether a line reads as the names under an article."""
    name = _NOTE.sub("", text)
    if len(text.split()) > SIGNATURE or (_END.search(name) and not name.endswith("H.")):
        return False
    if _BYLINE.match(text):
        return True
    named = [part for part in name.split() if part[:1].isalpha()]
    return ":" not in name and len(named) > 1 and all(part[0].isupper() or part == "và" for part in named)


def tidy(text: str) -> str:
    """The odd spaces that taking sentences apart and joining them leaves, put right where that is safe."""
    for pattern, replacement in _SPACING:
        text = pattern.sub(replacement, text)
    return text.strip()


def _kind(text: str) -> Kind:
    short = len(text) <= HEADING and not _END.search(text)
    return "heading" if short and not text.startswith(("-", "•", "+")) else "paragraph"


def _unlike_body(text: str) -> bool:
    pointing = len(text) < POINTING and _POINTING.search(text)
    return bool(pointing or _STRANGE.search(text) or CREDIT.search(text))


def _signed(content: list[Entry]) -> tuple[list[Entry], tuple[str, ...]]:
    """The content without the author lines at its end, and these."""
    end = len(content)
    while end and content[end - 1][1] == "body" and _signs(*content[end - 1]):
        end -= 1
    kept = [entry for entry in content[:end] if entry[2] != "author"]
    return kept, tuple(text for text, _, _ in content[end:])


def _signs(text: str, _: str | None, kind: str | None) -> bool:
    return kind == "author" or is_signature(text) or (len(text.split()) <= LAST and not _END.search(text))


def _blocks(content: Sequence[Entry], headline: str) -> Iterator[Block]:
    last = ""
    for text, label, _ in content:
        if label == "caption":
            # An alternative text is made anew for each page: only the caption itself is kept.
            alternative = text.startswith(headline[:30]) or _FILE.search(text)
            if not alternative and text[:25] != last[:25]:
                yield Block("caption", text)
                last = text
        elif not _unlike_body(text) and len(text) <= PARAGRAPH:
            yield Block(_kind(text), text)


def _ambiguous(blocks: Sequence[Block]) -> bool:
    """Whether the text under the pictures is prose, so that only the page's markup told it from paragraphs."""
    return sum(b.kind == "caption" and len(b.text) > PROSE_CAPTION and not CREDIT.search(b.text) for b in blocks) >= 2


def _joined_credits(captions: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for caption in captions:
        if joined and CREDIT.match(caption):
            joined[-1] = f"{joined[-1]} {caption}"
        else:
            joined.append(caption)
    return joined


def _paragraphs(sentences: Sequence[str], random: Random) -> list[str]:
    paragraphs: list[str] = []
    left = 0
    for sentence in sentences:
        open_ended = bool(paragraphs) and bool(_ABBREVIATED.search(paragraphs[-1]) or sentence[:1].islower())
        if open_ended or (left and _kind(sentence) == "paragraph"):
            paragraphs[-1] = f"{paragraphs[-1]} {sentence}"
            left = max(0, left - (not open_ended))
        else:
            paragraphs.append(sentence)
            left = 0 if _kind(sentence) == "heading" else random.choice(SENTENCES) - 1
    return paragraphs
