"""Function words: prose is full of the small words that hold sentences together, menus and headlines have few.

The idea is jusText's (Pomikálek, Removing Boilerplate and Duplicate Content from Web Corpora, 2011), whose stop words are the most
frequent words of a language; here they are the Vietnamese syllables that carry grammar, written down by kind.
"""

import numpy as np

from locbao.features.batch import Batch, FloatArray, token_codes
from locbao.features.field import Field

_LINKING = "và với của là thì mà nhưng hoặc hay nếu khi vì do bởi nên để cho rằng như tuy dù song"
_PLACING = "ở tại trong ngoài trên dưới từ đến tới về theo qua sau trước giữa cùng vào ra lên xuống"
_TENSE = "đã đang sẽ vừa mới từng được bị phải cần có không chưa chẳng còn vẫn cũng đều chỉ càng rất quá lại"
_POINTING = "này đó kia ấy nào đây đấy gì ai sao thế vậy các những mỗi mọi một nhiều ít người việc sự cái con chiếc"
FUNCTION_WORDS = tuple(f"{_LINKING} {_PLACING} {_TENSE} {_POINTING}".split())
_SPEECH = "nói biết cho hỏi khẳng định thông tin phát biểu nhấn mạnh chia sẻ".split()
_PERSONS = "tôi chúng ông bà anh chị em cô chú họ mình".split()

FIELDS = (
    Field("share of function words", (0.001, 0.08, 0.14, 0.2, 0.26, 0.32, 0.4), 3),
    Field("function words", (1, 2, 3, 5, 8, 13, 20), 2),
    Field("share of words for persons and speech", (0.001, 0.05, 0.12), 0),
)

_FUNCTION_CODES = np.sort(token_codes(FUNCTION_WORDS))
_PERSON_CODES = np.sort(token_codes(_SPEECH + _PERSONS))


def is_function_word(batch: Batch) -> np.ndarray:
    """(t,) whether each token is a function word."""
    return _member(batch.tokens.code, _FUNCTION_CODES)


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    count = np.maximum(np.diff(batch.tokens.first), 1)
    function = batch.per_line_tokens(is_function_word(batch))
    persons = batch.per_line_tokens(_member(batch.tokens.code, _PERSON_CODES))
    return np.column_stack((function / count, function, persons / count))


def _member(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[place] == values)
