"""Sentences: the pieces of a line that a topic is looked for in, since one clause decides what an article reports on.

Some sources lose the space after a full stop where two paragraphs meet ("…năm.Trước đó…"): that ends a sentence too.
"""

import re

_SHORTEST = 25  # characters; what is shorter stays with what follows, as a title or an abbreviation would
_SMALL = "".join(letter for letter in map(chr, range(0x1F00)) if letter.islower())  # no range: Đ stands beside đ
_END = re.compile(
    rf'[.!?…;]["”’»)]*\s+(?=["“‘«(\-–]?[^\W_{_SMALL}])'  # a mark, a space, then no small letter
    rf'|(?<=[{_SMALL}0-9)"”]{{2}})[.!?…](?=[^\W\d_{_SMALL}][^\W\d_])'  # two sentences that lost the space between them
)
_ABBREVIATION = re.compile(
    r"\b(?:TP|Tp|tp|TX|TT|Th|ThS|TS|PGS|GS|BS|KS|Mr|Mrs|Ms|Dr|Jr|St|No|vs|Co|Ltd|Inc|Q|P|H|[A-ZĐ])\.\s*$"
)


def split_sentences(line: str) -> list[str]:
    """The sentences of a normalised line in order, without the spaces between them; [] for a blank line."""
    found, start = [], 0
    for match in _END.finditer(line):
        end = match.end()
        if end - start >= _SHORTEST and not _ABBREVIATION.search(line, start, end):
            found.append(line[start:end].strip())
            start = end
    rest = line[start:].strip()
    return [*found, rest] if rest else found
