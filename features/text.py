"""One spelling for every way the same Vietnamese line can be written.

Features are computed on the normalised line; what a user gets back is always the input's own text.
"""

import html
import re
import unicodedata

_LINE_END = re.compile(r"\r\n|\n|\r")
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_SPACES = re.compile(r"[^\S\n]+")
_SYLLABLE = re.compile(r"[^\W\d_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_NEW_TONE = re.compile(r"(?<![qQ])([oO][àáãảạèéẽẻẹ]|[uU][ỳýỹỷỵ])(?!\w)")


def _old_placement(pair: str) -> str:
    """`oà` -> `òa`: the tone mark moves from the second vowel to the first."""
    first, second = pair[0], unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", first + second[1]) + second[0]


_OLD_TONE = {
    first + second: _old_placement(first + second)
    for first, vowels in (("o", "ae"), ("O", "ae"), ("u", "y"), ("U", "y"))
    for vowel in vowels
    for second in (unicodedata.normalize("NFC", vowel + tone) for tone in _TONES)
}


def split_lines(text: str) -> list[str]:
    r"""Lines of `text` without their ends; only `\r\n`, `\n` and `\r` end a line, as in an editor."""
    return _LINE_END.split(text)


def normalise(line: str) -> str:
    """The line with entities resolved, in NFC, zero-width characters out, single spaces and one tone placement.

    `hoà` and `hòa` become the same syllable (the older placement, which most newspapers use); `quý` and `hoàn`, where
    both conventions agree, stay as they are.
    """
    return normalise_lines([line])[0]


def normalise_lines(lines: list[str]) -> list[str]:
    """`normalise` for a whole page in one go: a line each, in order."""
    text = "\n".join(lines)
    if "&" in text:
        text = "\n".join(_without_entities(line) for line in lines)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _ZERO_WIDTH.sub("", text)
    text = _NEW_TONE.sub(lambda match: _OLD_TONE.get(match[1], match[1]), text)
    return [line.strip() for line in _SPACES.sub(" ", text).split("\n")]


def _without_entities(line: str) -> str:
    """Entities resolved; an entity for a line end becomes a space, since a line stays one line."""
    return _LINE_END.sub(" ", html.unescape(line)) if "&" in line else line


def syllables(text: str) -> list[str]:
    """The lower-case letter runs of `text`: Vietnamese writes one syllable a run."""
    return _SYLLABLE.findall(normalise(text).lower())
