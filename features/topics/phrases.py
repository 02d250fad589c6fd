"""Phrases: runs of one to a few tokens within a text, each known by a 64-bit hash, found for many texts at once.

A token is a syllable or a number; or, where words are asked for, a Vietnamese word of several syllables. Where both are
asked for, the phrases of syllables come first, and beside them stand those of words that hold a word of several
syllables: `ma_túy` beside `ma túy`, under a hash of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, HashArray, IntArray
from locbao.features.lines.words.vocabulary import NUMBER, SPECIAL, pair_code
from locbao.features.tokens import DIGIT, OTHER, Characters, Tokens, in_small_letters

TOKENS = ("syllables", "words", "both")
"""What a token may be: a syllable, a word as underthesea finds it, or either."""

_LONGEST_BESIDE = 2  # words of a phrase beside those of syllables

_NUMBER = np.uint64(SPECIAL[NUMBER])
_WORD = np.uint64(0x5851F42D4C957F2D)  # an arbitrary number that sets the words of several syllables apart
_JOINED = ord("_")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of some texts: `text` (m) which of the `count` texts each stands in, `code` (m) its hash."""

    text: IntArray
    code: HashArray
    count: int

    @classmethod
    def of(cls, texts: Sequence[str], longest: int, tokens: str = "syllables") -> "Phrases":
        """All phrases of up to `longest` tokens. Texts are normalised and hold no line end; any number counts as 0."""
        if tokens == "both":
            return cls.of(texts, longest).with_words(texts)
        code, text, _ = _words(*_laid_out(texts, tokens)[1:])
        return cls._joined(_runs(code, text, longest), len(texts))

    @classmethod
    def _joined(cls, runs: Iterable[tuple[IntArray, HashArray]], count: int) -> "Phrases":
        owners, hashes = zip(*runs, strict=True)
        return cls(np.concatenate(owners), np.concatenate(hashes), count)

    def of_texts(self, texts: IntArray) -> "Phrases":
        """Those of some of the texts, (k,), in ascending order, which are numbered anew."""
        number = np.full(self.count, -1)
        number[texts] = np.arange(len(texts))
        text = number.take(self.text)
        kept = np.flatnonzero(text >= 0)
        return Phrases(text.take(kept), self.code.take(kept), len(texts))

    def with_words(self, texts: Sequence[str]) -> "Phrases":
        """These phrases of syllables and, beside them, those of words in the same texts."""
        of_words = _runs_of_joined(*_words(*_laid_out(texts, "words")[1:]))
        return Phrases._joined([(self.text, self.code), *of_words], self.count)


def well_written(characters: Characters) -> bool:
    """Whether each line is a phrase: runs of letters or digits with single spaces or `_` between them."""
    between = np.flatnonzero(characters.kinds == OTHER)
    single = not (np.diff(between, prepend=-1) == 1).any()
    return bool(single and np.isin(characters.codes[between], [ord(" "), _JOINED, ord("\n")]).all())


def phrase_codes(written: Sequence[str]) -> HashArray:
    """(len(written),) the hashes of written phrases, tokens between spaces: `ma túy`, or `ma_túy đá` for words.

    Raises ValueError if one holds anything but letters, digits, single spaces and `_`.
    """
    if not written:
        return np.empty(0, dtype=np.uint64)
    characters = Characters.of(written)
    if not well_written(characters):
        raise ValueError("every phrase must be letters and digits with single spaces or _ between them")
    syllables = Tokens.of(characters)
    code, phrase, _ = _words(syllables, _goes_on(characters, syllables))
    same = np.zeros(len(phrase), dtype=bool)
    same[1:] = phrase[1:] == phrase[:-1]
    return _joined(code, phrase, same)[0]


def written_phrases(text: str, longest: int, tokens: str = "syllables") -> Iterator[str]:
    """The phrases of a text as `phrase_codes` takes them, in reading order."""
    if tokens == "both":
        yield from written_phrases(text, longest)
        yield from (phrase for phrase in written_phrases(text, _LONGEST_BESIDE, "words") if "_" in phrase)
        return
    written = written_tokens(text, tokens)
    for start in range(len(written)):
        for stop in range(start + 1, min(start + longest, len(written)) + 1):
            yield " ".join(written[start:stop])


def written_tokens(text: str, tokens: str = "syllables") -> list[str]:
    """The tokens of a text in small letters, and any number as 0."""
    characters, syllables, follows = _laid_out([text], tokens)
    small = in_small_letters(characters).tobytes().decode("utf-32-le", "surrogatepass")
    columns = syllables.start, syllables.stop, syllables.kind, follows
    written: list[str] = []
    for start, stop, kind, goes_on in zip(*(column.tolist() for column in columns), strict=True):
        token = NUMBER if kind == DIGIT else small[start:stop]
        if goes_on:
            written[-1] += f"_{token}"
        else:
            written.append(token)
    return written


def _laid_out(texts: Sequence[str], tokens: str) -> tuple[Characters, Tokens, BoolArray]:
    """The characters of all texts, the syllables and numbers in them, (t,), and which of these, (t,), go on with the
    word of the one before."""
    if tokens == "words":
        from locbao.features.segmentation.segmenter import segmenter

        texts = [" ".join(words) for words in segmenter().segment_many(texts)]
    characters = Characters.of(texts)
    syllables = Tokens.of(characters)
    follows = _goes_on(characters, syllables) if tokens == "words" else np.zeros(len(syllables.start), dtype=bool)
    return characters, syllables, follows


def _goes_on(characters: Characters, tokens: Tokens) -> BoolArray:
    """(t,) whether nothing but `_` stands between a token and the one before."""
    follows = np.zeros(len(tokens.start), dtype=bool)
    stop = tokens.stop[:-1]
    follows[1:] = (tokens.start[1:] == stop + 1) & (characters.codes.take(stop, mode="clip") == _JOINED)
    return follows


def _words(syllables: Tokens, follows: BoolArray) -> tuple[HashArray, IntArray, BoolArray]:
    """The hash of each word, the text it stands in, and whether it has several syllables; any number counts as 0.

    `ma_túy` has another hash than the phrase `ma túy`.
    """
    code, text = _joined(np.where(syllables.kind == DIGIT, _NUMBER, syllables.code), syllables.line, follows)
    goes_on = np.zeros(len(follows), dtype=bool)
    goes_on[:-1] = follows[1:]
    joined = goes_on[~follows]
    return np.where(joined, code ^ _WORD, code), text, joined


def _runs(code: HashArray, text: IntArray, longest: int) -> Iterator[tuple[IntArray, HashArray]]:
    """Text and hash of all runs of one token, of two, and so on; a longer one goes on from the shorter one."""
    yield text, code
    run, place = code, np.arange(len(code))
    for length in range(2, longest + 1):
        kept = np.flatnonzero(place + length - 1 < len(code))
        kept = kept[text[place[kept]] == text[place[kept] + length - 1]]
        run, place = _longer(run[kept], code[place[kept] + length - 1], length), place[kept]
        yield text[place], run


def _runs_of_joined(code: HashArray, text: IntArray, joined: BoolArray) -> Iterator[tuple[IntArray, HashArray]]:
    """Text and hash of the words of several syllables, and of the pairs of words that hold one."""
    yield text[joined], code[joined]
    pair = np.flatnonzero((text[1:] == text[:-1]) & (joined[1:] | joined[:-1]))
    yield text[pair], _longer(code[pair], code[pair + 1], 2)


def _longer(run: HashArray, token: HashArray, length: int) -> HashArray:
    """Hashes of runs that a token was added to; the length keeps `a b` + `c` apart from `a` + `b c`."""
    pair = pair_code(run, token)
    return pair if length == 2 else pair_code(pair, np.uint64(length))


def _joined(code: HashArray, text: IntArray, follows: BoolArray) -> tuple[HashArray, IntArray]:
    """Tokens of several syllables as one, with the hash of their run."""
    opens = np.flatnonzero(~follows)
    run = code[opens]
    if len(opens) == len(code):
        return run, text
    lengths = np.diff(opens, append=len(code))
    for length in range(2, int(lengths.max(initial=1)) + 1):
        longer = np.flatnonzero(lengths >= length)
        run[longer] = _longer(run[longer], code[opens[longer] + length - 1], length)
    return run, text[opens]
