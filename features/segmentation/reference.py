"""underthesea itself: for what cannot be told from its weights alone, and where its code is not known."""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from typing import cast

from locbao.features.segmentation.model_files import UndertheseaMissing, WordModel
from locbao.features.segmentation.word_tokens import LONE_SURROGATE, LONGEST_RUN

Texts = Callable[[Sequence[str]], list[str]]
"""A function that gives the words of each of some lines, in lower case, `_` between the syllables of a word and white
space between words."""

_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")
_LONG_MARKS = re.compile(r"[^\w\s]{12}(?=[^\w\s])")  # its pattern takes 2**n steps for `http://` before n dots

_PROBES = (  # lines that another tokenizer, normaliser or tagger would split in another way
    "Bộ đội biên phòng tỉnh Lam Giang bắt giữ 2 nghi phạm, thu 1,5 kg ma túy.",
    "Ông N.V.A., ở Q. 1, TP. HCM và T.Ư, bị bắt. Th.S. Lan v.v... v.v.. là thế A.",
    "xem https://lamgiang.vn/tin-tuc/a_b?x=1&y=(2). www.lamgiang.vn E-mail: toa.soan@baolamgiang.vn http://(a)(b)!!!",
    "0912-345-678 ngày 02/05/2014, 2014/08/20 lúc 8h30, 10:20:50; 60.542.000 đồng, 43H-0530 và 29A1-123.45, 10% -5 4K",
    "==> -> => >> … a...b --- H'Mông, N’Thôn Hạ AT&T :) :)) =)) <3 :Dương (a) [b] {c} “d” «e» ‘f’ a_b __a a--b",
    "hoà hòa thuỷ thủy quý qúy tuơng nghiã đuờng TRUỜNG ðà Ðà Đà e\u0301\u0323 o\u031b\u0301 a\xa0b a\u200bb",
    "HÀ NỘI, hà nội, Hà nội BOS EOS bos eos True False 2147483647 2147483648 １２３ ½ Ⅷ İstanbul ß 中国 😀",
    "Thủ tướng Chính phủ nước Cộng hòa xã hội chủ nghĩa Việt Nam NĐ-CP số 15/2020/NĐ-CP xuất nhập khẩu",
    "học sinh học sinh học ông già đi nhanh quá",
    "Cars Are So They Given Away Foo Cars So Are They",  # equal weights: the order of additions decides
)


class Tagger:
    """The tagger of underthesea: the same labels, slowly, one sequence at a time."""

    def __init__(self, model: WordModel) -> None:
        from underthesea_core import CRFFeaturizer, CRFTagger

        self._featurizer, self._tagger = CRFFeaturizer(model.templates, model.dictionary), CRFTagger()
        self._tagger.load(str(model.file))

    def labels(self, tokens: Sequence[str]) -> list[str]:
        """The label of each token."""
        labels: list[str] = self._tagger.tag(self._featurizer.process([[[token] for token in tokens]])[0])
        return labels


def word_tokenize() -> Callable[[str], list[str]]:
    """underthesea's own function. Importing it configures the root logger, which is put back as it was.

    Raises UndertheseaMissing.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        from underthesea import word_tokenize as reference
    except ModuleNotFoundError as error:
        raise UndertheseaMissing from error
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    return cast(Callable[[str], list[str]], reference)


def reference_texts(lines: Sequence[str]) -> list[str]:
    """The words of each line from `underthesea.word_tokenize`, with a space between them. Raises UndertheseaMissing."""
    split = word_tokenize()
    for pattern, instead in ((LONE_SURROGATE, "\ufffd"), (_LONG_MARKS, r"\g<0> "), (_LONG_RUN, r"\g<0> ")):
        lines = [pattern.sub(instead, line) for line in lines]
    return [" ".join(word.lower().replace(" ", "_") for word in split(line)) for line in lines]


def reference_agrees(texts: Texts, dictionary: Collection[str]) -> bool:
    """Whether underthesea itself splits some lines, and words of the dictionary in a row, as `texts` does.

    Raises UndertheseaMissing.
    """
    words = sorted(dictionary)[::50]
    lines = [*_PROBES, *(" ".join(words[start : start + 12]) for start in range(0, len(words), 12))]
    try:
        return [text.split() for text in texts(lines)] == [text.split() for text in reference_texts(lines)]
    except (AttributeError, ImportError, OSError, TypeError, ValueError):
        return False  # its tagger is called in another way
