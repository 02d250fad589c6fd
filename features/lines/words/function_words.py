"""Function words: prose is full of the small words that hold sentences together, menus and headlines have few.

The idea is jusText's (Pomikálek, Removing Boilerplate and Duplicate Content from Web Corpora, 2011), whose stop words
are the most frequent words of a language; here they are the Vietnamese syllables that carry grammar, written down by
kind.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import BoolArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.page import Batch, cached
from locbao.features.tokens import Lexicon

_LINKING = "và với của là thì mà nhưng hoặc hay nếu khi vì do bởi nên để cho rằng như tuy dù song"
_PLACING = "ở tại trong ngoài trên dưới từ đến tới về theo qua sau trước giữa cùng vào ra lên xuống"
_TENSE = "đã đang sẽ vừa mới từng được bị phải cần có không chưa chẳng còn vẫn cũng đều chỉ càng rất quá lại"
_POINTING = "này đó kia ấy nào đây đấy gì ai sao thế vậy các những mỗi mọi một nhiều ít người việc sự cái con chiếc"
FUNCTION_WORDS = tuple(f"{_LINKING} {_PLACING} {_TENSE} {_POINTING}".split())
_SPEECH = "nói biết cho hỏi khẳng định thông tin phát biểu nhấn mạnh chia sẻ".split()
_PERSONS = "tôi chúng ông bà anh chị em cô chú họ mình".split()

_FUNCTION, _PERSON = 1, 2
_LEXICON = Lexicon(FUNCTION_WORDS, _SPEECH + _PERSONS)


@cached
def _bits(batch: Batch) -> npt.NDArray[np.uint16]:
    return _LEXICON.bits(batch.tokens.code)


def is_function_word(batch: Batch) -> BoolArray:
    """(t,) whether each token is a function word."""
    return np.asarray(_bits(batch) & _FUNCTION > 0)


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    count = np.maximum(batch.tokens.count, 1)
    function = batch.token_counts(is_function_word(batch))
    persons = batch.token_counts(_bits(batch) & _PERSON > 0)
    shares = (0.001, 0.08, 0.14, 0.2, 0.26, 0.32, 0.4)
    yield Quantity("share of function words", function / count, shares, reach=3)
    yield Quantity("function words", function, (1, 2, 3, 5, 8, 13, 20), reach=2)
    yield Quantity("share of words for persons and speech", persons / count, (0.001, 0.05, 0.12))
