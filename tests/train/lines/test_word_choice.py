"""Which words a model may know, and how they are written."""

import numpy as np

from locbao.features.lines.words.vocabulary import gram_codes
from locbao.train.lines.samples import Samples, labelled_sample
from locbao.train.lines.word_choice import GramCounts, spell
from tests.support.village import labelled

ODD = (
    "Thêm ¼ thìa muối, ½ bát nước và x²y",
    "Căn hộ 75 m², giá 2 tỷ/m²",
    "¼",
    "Nhà hàng 北京烤鸭 mở cửa",
    "مرحبا بكم ١٢٣",
    "สวัสดีครับ",
    "Chúc mừng 🎉👨‍👩‍👧",
    "㎡ Ⅷ 〇 ﬁ İstanbul",
)


def samples(*lines: str) -> Samples:
    page = labelled("a", "làng", [(line, "body") for line in lines])
    return Samples((labelled_sample(page, 1.0),))


def test_every_gram_of_any_script_can_be_written_as_it_is_counted() -> None:
    odd = samples(*ODD)
    spelling = spell(odd)
    counted = set(np.unique(GramCounts.of(odd).code).tolist())
    assert len(counted - spelling.keys()) <= 3  # those of İ, which is two characters in small letters
    spelled = sorted(counted & spelling.keys())
    assert gram_codes([spelling[code] for code in spelled]).tolist() == spelled


def test_what_is_no_letter_is_no_word() -> None:
    words = {text for text in spell(samples(*ODD)).values() if " " not in text}
    assert {"m", "x", "y", "北京烤鸭", "0"} <= words
    assert not {"¼", "½", "m²", "²"} & words
