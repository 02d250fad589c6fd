"""Topic files: one TOML file a topic, named after it, with groups of phrases and the rules over them."""

from pathlib import Path
from typing import Any

from locbao.features.text import normalise
from locbao.features.topics.design import Rule, Rules
from locbao.features.topics.phrases import written_tokens
from locbao.predict.topic_model import LONGEST_PHRASE
from locbao.train.configuration import ConfigError, read_toml

RULES = Path(__file__).parents[1] / "data" / "topics"
_LIKE = "like those in train/data/topics"
_KEYS = {"iptc", "words", "rules"}


def read_rules(folder: Path | None) -> dict[str, Rules]:
    """The rules of every topic that has a file in the folder; of locbao's own topics for None. Raises ConfigError."""
    where = RULES if folder is None else folder
    files = sorted(where.glob("*.toml")) if where.is_dir() else [where]
    if not files:
        raise ConfigError(str(where), "no topic file in this folder", f"Write one, NAME.toml, {_LIKE}.")
    return {path.stem: _rules(str(path), read_toml(path, f"Write it {_LIKE}.")) for path in files}


def _rules(source: str, given: dict[str, Any]) -> Rules:
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise ConfigError(source, f"unknown key {unknown[0]!r}", f"Known keys: {', '.join(sorted(_KEYS))}.")
    words, rules, iptc = given.get("words", {}), given.get("rules", []), given.get("iptc", [])
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise ConfigError(source, "[words] is no table of texts", 'Write lines such as border = "biên giới, cửa khẩu".')
    if not isinstance(rules, list):
        raise ConfigError(source, "rules is no list", "Begin each rule with a line [[rules]].")
    if not isinstance(iptc, list) or not all(isinstance(code, str) for code in iptc):
        raise ConfigError(source, "iptc is no list of texts", 'Write iptc = ["medtop:20000096"].')
    groups = {name: _phrases(source, name, text) for name, text in words.items()}
    return Rules(groups, tuple(_rule(source, rule, groups) for rule in rules), tuple(iptc))


def _phrases(source: str, group: str, text: str) -> tuple[str, ...]:
    written = (" ".join(written_tokens(normalise(part))) for part in text.split(","))
    phrases = tuple(dict.fromkeys(phrase for phrase in written if phrase))
    for phrase in phrases:
        if phrase.count(" ") >= LONGEST_PHRASE:
            raise ConfigError(source, f"{phrase!r} in {group} is too long", f"Give {LONGEST_PHRASE} syllables at most.")
    if not phrases:
        raise ConfigError(source, f"the group {group} is empty", "Give it phrases between commas, or delete it.")
    return phrases


def _rule(source: str, rule: Any, groups: dict[str, tuple[str, ...]]) -> Rule:
    if not isinstance(rule, dict) or rule.get("says") not in ("yes", "no") or rule.keys() - {"says", "when", "unless"}:
        raise ConfigError(source, f"cannot read the rule {rule}", 'Give it says = "yes" or "no", when and unless.')
    when, unless = rule.get("when"), rule.get("unless", [])
    if not isinstance(when, list) or not when or not isinstance(unless, list):
        raise ConfigError(source, f"cannot read the rule {rule}", 'Name groups of [words]: when = ["border"].')
    for name in [*when, *unless]:
        if not isinstance(name, str) or name not in groups:
            raise ConfigError(source, f"a rule names {name!r}", f"Known groups: {', '.join(groups) or 'none'}.")
    return Rule(rule["says"], tuple(when), tuple(unless))
