"""What the parts of a model hold, written down once: LINES, SITE and TOPICS. `check` holds parts against it.

After the audit every value is plain, and no list, dictionary or array stands in a part twice; so a check ends in time
that grows with the file. Faults are named by their place, such as `lines.joblib/first/weights`, and by what is wrong;
a value is not shown, since that is the author's, of any size.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from locbao.features.amounts import counted
from locbao.features.lines.design import FAMILIES
from locbao.features.tokens import Characters
from locbao.features.topics.design import SIGNS
from locbao.features.topics.phrases import TOKENS, well_written
from locbao.predict.store.manifest import MAX_NAME

MAX_LINE_WORDS, MAX_PHRASES = 200_000, 1_000_000
"""Words that the line model may know, phrases all topics together may; the shipped one has 12,000 and 144,000."""

MAX_TOPICS, MAX_GROUPS, MAX_GROUP_PHRASES, MAX_RULES, MAX_RULE_GROUPS = 200, 100, 5000, 500, 20
"""Topics of a model; groups, phrases in all groups and rules of a topic; groups of a rule."""

_WEIGHT = 1e4  # no sum of such weights leaves what float32 holds; those of the shipped model are below 11
_STEPS, _STEP_WEIGHT = 20, 20.0  # of site memory: exp(20 * 20) is a number still
_CHARACTERS = 2**23  # of one text
_EDGES = re.compile(r"^\^ | \$$", re.MULTILINE)
_NO_GRAM = re.compile(r" [^ \n]* |_|\d[^\d \n]|[^\d \n]\d")  # three words, or letters and digits in one

Check = Callable[[Any, str], None]
"""Raises UnfitPart if a model does not hold this value at this place."""


class UnfitPart(Exception):
    """What is wrong with a part, and where; the store says in which folder."""


def check(parts: Mapping[str, Any]) -> None:
    """Passes in silence if these may be the parts of a model. Raises UnfitPart."""
    for name, part in parts.items():
        SCHEMA[name](part, f"{name}.joblib")


def _require(condition: bool, place: str, otherwise: str) -> None:
    if not condition:
        raise UnfitPart(f"{place} {otherwise}")


def _of_type(value: Any, kind: type, place: str) -> None:
    _require(type(value) is kind, place, f"is of the type {type(value).__name__}, not {kind.__name__}")


def _of_size(value: Any, kind: type, most: int, place: str) -> None:
    _of_type(value, kind, place)
    _require(len(value) <= most, place, f"has {counted(len(value), 'item')}, and {most} are allowed")


def _record(**checks: Check) -> Check:
    """A dictionary with these keys and no others."""

    def check(value: Any, place: str) -> None:
        _of_type(value, dict, place)
        for key in value.keys() - checks.keys():
            raise UnfitPart(f"{place} has the unknown key {key[:60]!a}")
        for key, of_key in checks.items():
            _require(key in value, place, f"lacks the key {key!r}")
            of_key(value[key], f"{place}/{key}")

    return check


def _table(of_value: Check, most: int) -> Check:
    """A dictionary with names for keys."""

    def check(value: Any, place: str) -> None:
        _of_size(value, dict, most, place)
        for key, item in value.items():
            _name(key, f"{place}, a key of it,")
            of_value(item, f"{place}/{key}")

    return check


def _list(of_item: Check, most: int, least: int = 0) -> Check:
    def check(value: Any, place: str) -> None:
        _of_size(value, list, most, place)
        _require(len(value) >= least, place, f"has {counted(len(value), 'item')}, and at least {least} are needed")
        for index, item in enumerate(value):
            of_item(item, f"{place}/{index}")

    return check


def _one_of(*names: str) -> Check:
    def check(value: Any, place: str) -> None:
        _of_type(value, str, place)
        _require(value in names, place, f"is none of {', '.join(names)}")

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any, place: str) -> None:
        _of_type(value, float, place)
        _require(low <= value <= high, place, f"is no number from {low:g} to {high:g}")

    return check


def _array(code: str, shape: tuple[int, ...], most: float = _WEIGHT) -> Check:
    """Of numpy's type `code` in either byte order; -1 in `shape` is any length."""

    def check(value: Any, place: str) -> None:
        _of_type(value, np.ndarray, place)
        _require(value.dtype.str[1:] == code, place, f"is an array of {value.dtype}, not {code}")
        fits = value.ndim == len(shape) and all(want in (-1, n) for want, n in zip(shape, value.shape, strict=True))
        _require(fits, place, f"has the shape {value.shape[:5]}, not {shape} (-1 is any length)")
        _require(bool((np.abs(value) <= most).all()), place, f"holds numbers that are not finite, or beyond {most:g}")

    return check


def _optional(of_value: Check) -> Check:
    return lambda value, place: None if value is None else of_value(value, place)


def _flag(value: Any, place: str) -> None:
    _of_type(value, bool, place)


def _name(value: Any, place: str) -> None:
    _of_size(value, str, MAX_NAME, place)
    _require(value.isprintable(), place, "holds characters that cannot be printed")


def _phrases(value: Any, place: str) -> None:
    """Phrases, one a line: words of letters or digits with single spaces or `_` between them."""
    _of_size(value, str, _CHARACTERS, place)
    _require(not value or well_written(Characters.of(value.split("\n"))), place, "holds what is no word")


def _grams(value: Any, place: str) -> None:
    """Words, each a run of letters or of digits, and pairs of them, one a line; `^ a` and `a $` stand at an edge."""
    _of_size(value, str, _CHARACTERS, place)
    _require(_count(value) <= MAX_LINE_WORDS, place, f"has more than {MAX_LINE_WORDS} words")
    _phrases(_EDGES.sub("", value), place)
    _require(not _NO_GRAM.search(value), place, "holds what is neither a word nor a pair of words")


def _count(phrases: str) -> int:
    return phrases.count("\n") + bool(phrases)


def _lines(value: Any, place: str) -> None:
    _LINE_RECORD(value, place)
    families, first, second = value["families"], value["first"], value["second"]
    _require(len({*families}) == len(families), f"{place}/families", "names one twice")
    columns = len(first["weights"])
    _require(columns >= _count(value["grams"]), f"{place}/first/weights", "has fewer rows than the model has words")
    _require(not second or len(second["weights"]) > columns, f"{place}/second/weights", "has too few rows")


def _site(value: Any, place: str) -> None:
    _SITE_RECORD(value, place)
    steps = value["steps"]
    _require(all(a < b for a, b in pairwise(steps)), f"{place}/steps", "do not ascend")
    _require(len(value["weights"]) == len(steps), f"{place}/weights", f"are not {len(steps)}, one a step")


def _topics(value: Any, place: str) -> None:
    _TOPICS_RECORD(value, place)
    count = sum(_count(topic["phrases"]) for topic in value["topics"].values())
    _require(count <= MAX_PHRASES, place, f"has {count} phrases, and {MAX_PHRASES} are allowed")


def _topic(value: Any, place: str) -> None:
    _TOPIC_RECORD(value, place)
    words, rules = value["words"], value["rules"]
    count = sum(map(_count, words.values()))
    _require(count <= MAX_GROUP_PHRASES, f"{place}/words", f"has {count} phrases, and {MAX_GROUP_PHRASES} are allowed")
    _require(all(words.values()), f"{place}/words", "has an empty group")
    named = {name for _, when, unless in rules for name in (*when, *unless)}
    _require(named <= words.keys(), f"{place}/rules", "name a group that is not there")
    columns = _count(value["phrases"]) + len(words) + len(rules)
    _require(len(value["weights"]) == columns, f"{place}/weights", f"are not {columns}, one a phrase, group and rule")


def _rule(value: Any, place: str) -> None:
    """A list of `says`, `when`, `unless`; see `features.topics.design.Rule`."""
    _of_type(value, list, place)
    _require(len(value) == 3, place, "is no list of says, when, unless")
    says, when, unless = value
    _one_of("yes", "no")(says, f"{place}/says")
    _list(_name, MAX_RULE_GROUPS, 1)(when, f"{place}/when")
    _list(_name, MAX_RULE_GROUPS)(unless, f"{place}/unless")


_linear = _record(weights=_array("f4", (-1, 3)), intercept=_array("f4", (3,)))
_LINE_RECORD = _record(
    families=_list(_one_of(*FAMILIES), len(FAMILIES), 1),
    context=_flag,
    grams=_grams,
    first=_linear,
    second=_optional(_linear),
    temperature=_number(0.01, 100),
    headline=_optional(_array("f8", (10,))),
    links=_optional(_array("f8", (-1,))),
)
_SITE_RECORD = _record(steps=_list(_number(0, 1), _STEPS), weights=_array("f8", (-1,), _STEP_WEIGHT))
_TOPIC_RECORD = _record(
    phrases=_phrases,
    words=_table(_phrases, MAX_GROUPS),
    rules=_list(_rule, MAX_RULES),
    iptc=_list(_name, MAX_RULES),
    weights=_array("f4", (-1,)),
    intercept=_number(-_WEIGHT, _WEIGHT),
    article=_list(_number(-_WEIGHT, _WEIGHT), SIGNS, SIGNS),
    article_intercept=_number(-_WEIGHT, _WEIGHT),
    threshold=_number(0, 1),
)
_TOPICS_RECORD = _record(tokens=_one_of(*TOKENS), topics=_table(_topic, MAX_TOPICS))
SCHEMA: dict[str, Check] = {"lines": _lines, "site": _site, "topics": _topics}
