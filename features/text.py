"""One spelling for every way the same Vietnamese line can be written; and the sentences of a line.

Features are computed on the normalised line; what a user gets back is always the input's own text. A topic is looked
for in sentences, since one clause decides what an article reports on.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

_LINE_END = re.compile(r"\r\n|\n|\r")
ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
_ODD = re.compile(  # zero-width characters, and white space but for a plain space and a line feed
    "[\t\x0b\x0c\r\x1c-\x1f\x85\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufe00-\ufe0f\ufeff]"
)
_ENTITIES = re.compile("&.*")
_NO_CHARACTER = re.compile(r"&#[0-9]{20,};?")  # beyond all numbers of characters, and soon of what Python converts
_MOST_MARKS = 30  # combining marks in a row, as in Unicode's stream-safe text; normalisation is quadratic in them
# The characters that are made of marks alone, but that Unicode does not class as marks.
_MADE_OF_MARKS = {"\u0f73": "\u0f71\u0f72", "\u0f75": "\u0f71\u0f74", "\u0f81": "\u0f71\u0f80"}
_SYLLABLE = re.compile(r"[^\W\d_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Finds the vowel that carries the mark, not the pair: a search for rare letters can skip most of a text.
_NEW_TONE = re.compile(
    r"[àáãảạèéẽẻẹỳýỹỷỵÀÁÃẢẠÈÉẼẺẸỲÝỸỶỴ](?<=[oO][àáãảạèéẽẻẹÀÁÃẢẠÈÉẼẺẸ]|[uU][ỳýỹỷỵỲÝỸỶỴ])(?<![qQ]..)(?!\w)"
)


def _old_placement(pair: str) -> str:
    """`oà` -> `òa`: the tone mark moves from the second vowel to the first."""
    first, second = pair[0], unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", first + second[1]) + second[0]


OLD_TONE = {
    first + second: _old_placement(first + second)
    for first, vowels in (("o", "aeAE"), ("O", "aeAE"), ("u", "yY"), ("U", "yY"))
    for vowel in vowels
    for second in (unicodedata.normalize("NFC", vowel + tone) for tone in _TONES)
}
"""The end of an open syllable in the newer placement of tone marks -> in the older one: `oà` -> `òa`."""


def split_lines(text: str) -> list[str]:
    r"""Lines of `text` without their ends; only `\r\n`, `\n` and `\r` end a line, as in an editor."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")


def normalise(line: str) -> str:
    """The line with entities resolved, in NFC, zero-width characters out, single spaces and one tone placement.

    `hoà` and `hòa` become the same syllable (the older placement, which most newspapers use); `quý` and `hoàn`, where
    both conventions agree, stay as they are. A line end in it is a space.
    """
    return normalise_lines([line])[0]


def normalise_lines(lines: Sequence[str]) -> list[str]:
    """`normalise` for a whole page in one go: a line each, in order."""
    if len(lines) == 0:  # of an array, too
        return []
    text = "\n".join(lines)
    if text.count("\n") >= len(lines):
        text = "\n".join(line.replace("\n", " ") for line in lines)
    text = _ENTITIES.sub(_without_entities, text).replace("\xa0", " ")
    text = unicodedata.normalize("NFC", _with_few_marks(text))
    for character in set(_ODD.findall(text)):
        text = text.replace(character, "" if ZERO_WIDTH.match(character) else " ")
    while "  " in text:
        text = text.replace("  ", " ")
    text = "".join(_in_old_placement(text))
    return [line.strip() for line in text.split("\n")]


def unescape(line: str) -> str:
    """The line with its entities resolved, those for line ends as they are."""
    return html.unescape(_NO_CHARACTER.sub("\ufffd", line)) if "&" in line else line


def _without_entities(rest: re.Match[str]) -> str:
    """The rest of a line with its entities resolved; one for a line end is a space, since a line stays one line."""
    return _LINE_END.sub(" ", unescape(rest[0]))


def _with_few_marks(text: str) -> str:
    """The text without the marks that follow thirty others. No line that says something has so many."""
    for mark, parts in _MADE_OF_MARKS.items():
        text = text.replace(mark, parts)
    # Every 31st character meets each run that is too long; every third one, ten times in a row, meets hardly another.
    if not any(map(unicodedata.combining, text[:: _MOST_MARKS + 1])):
        return text
    is_mark = bytes(map(bool, map(unicodedata.combining, text[::3])))
    return _too_many_marks().sub(r"\1", text) if b"\1" * (_MOST_MARKS // 3) in is_mark else text


@cache
def _too_many_marks() -> re.Pattern[str]:
    marks = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x1F000))))
    return re.compile(f"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


def _in_old_placement(text: str) -> Iterator[str]:
    """The text in pieces, with the tone marks of open syllables on the first vowel."""
    done = 0
    for match in _NEW_TONE.finditer(text):
        pair = match.end() - 2
        yield text[done:pair]
        yield OLD_TONE[text[pair : pair + 2]]
        done = pair + 2
    yield text[done:]


def syllables(text: str) -> list[str]:
    """The lower-case letter runs of `text`: Vietnamese writes one syllable a run."""
    return _SYLLABLE.findall(normalise(text).lower())


_SHORTEST = 25  # characters; what is shorter stays with what follows, as a title or an abbreviation would
_SMALL = "".join(letter for letter in map(chr, range(0x1F00)) if letter.islower())  # no range: Đ stands beside đ
_LONGEST = 3  # letters of an abbreviation below
# Both ways begin with the mark, so that a search can skip all other characters.
_END = re.compile(
    r"[.!?…;](?:"
    rf'["”’»)]*\s+(?=["“‘«(\-–]?[^\W_{_SMALL}])'  # a space, then no small letter
    rf'|(?<=[{_SMALL}0-9)"”]{{2}}[.!?…])(?=[^\W\d_{_SMALL}][^\W\d_]))'  # two sentences that lost the space
)
_ABBREVIATION = re.compile(
    r"\b(?:TP|Tp|tp|TX|TT|Th|ThS|TS|PGS|GS|BS|KS|Mr|Mrs|Ms|Dr|Jr|St|No|vs|Co|Ltd|Inc|Q|P|H|[A-ZĐ])\.\s*$"
)


def split_sentences(line: str) -> list[str]:
    """The sentences of a normalised line in order, without the spaces between them; [] for a blank line."""
    sentences, start = [], 0
    for match in _END.finditer(line):
        end = match.end()
        near = max(start, match.start() - _LONGEST)  # from the start of the sentence, "Q. Q. …" would be quadratic
        if end - start >= _SHORTEST and not _ABBREVIATION.search(line, near, end):
            sentences.append(line[start:end].strip())
            start = end
    rest = line[start:].strip()
    return [*sentences, rest] if rest else sentences
