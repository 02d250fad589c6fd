"""Topic files: one TOML file a topic, named after it, with groups of phrases and the rules over them."""

import tomllib
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.features.phrases import written_tokens
from locbao.features.text import normalise
from locbao.features.topic_design import Rule, Rules
from locbao.predict.topic_model import LONGEST_PHRASE

RULES = Path(__file__).parent / "topics"
_KEYS = {"iptc", "words", "rules"}


class RulesError(LocbaoError):
    """A topic file that cannot be used: `path`."""

    def __init__(self, path: Path, what: str, hint: str) -> None:
        super().__init__(f"{path}: {what}. {hint}")
        self.path = path


def read_rules(folder: Path | None) -> dict[str, Rules]:
    """The rules of every topic that has a file in the folder; of locbao's own topics for None. Raises RulesError."""
    where = RULES if folder is None else folder
    files = sorted(where.glob("*.toml")) if where.is_dir() else [where]
    if not files:
        raise RulesError(where, "no topic file in this folder", "Write one, NAME.toml, as in docs/topics.md.")
    return {path.stem: _rules(path) for path in files}


def _rules(path: Path) -> Rules:
    given = _table(path)
    words = given.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise RulesError(path, "[words] is no table of texts", 'Write lines such as border = "biên giới, cửa khẩu".')
    groups = {name: _phrases(path, name, text) for name, text in words.items()}
    rules = given.get("rules", [])
    if not isinstance(rules, list):
        raise RulesError(path, "rules is no list", "Begin each rule with a line [[rules]].")
    iptc = given.get("iptc", [])
    if not isinstance(iptc, list) or not all(isinstance(code, str) for code in iptc):
        raise RulesError(path, "iptc is no list of texts", 'Write iptc = ["medtop:20000096"].')
    return Rules(groups, tuple(_rule(path, rule, groups) for rule in rules), tuple(iptc))


def _table(path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesError(path, f"cannot be read ({error.strerror})", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(path, f"not TOML ({error})", "Compare it with the files in docs/topics.md.") from None
    unknown = given.keys() - _KEYS
    if unknown:
        raise RulesError(path, f"unknown key {sorted(unknown)[0]!r}", f"Known keys: {', '.join(sorted(_KEYS))}.")
    return given


def _phrases(path: Path, group: str, text: str) -> tuple[str, ...]:
    written = (" ".join(written_tokens(normalise(part))) for part in text.split(","))
    phrases = tuple(dict.fromkeys(phrase for phrase in written if phrase))
    for phrase in phrases:
        if phrase.count(" ") >= LONGEST_PHRASE:
            raise RulesError(path, f"{phrase!r} in {group} is too long", f"Use {LONGEST_PHRASE} syllables at the most.")
    if not phrases:
        raise RulesError(path, f"the group {group} is empty", "Give it phrases between commas, or delete it.")
    return phrases


def _rule(path: Path, rule: Any, groups: dict[str, tuple[str, ...]]) -> Rule:
    if not isinstance(rule, dict) or rule.get("says") not in ("yes", "no") or rule.keys() - {"says", "when", "unless"}:
        raise RulesError(path, f"a rule that cannot be read: {rule}", 'Give it says = "yes" or "no", when and unless.')
    when, unless = rule.get("when"), rule.get("unless", [])
    for name in [*when, *unless] if isinstance(when, list) and when and isinstance(unless, list) else [None]:
        if name not in groups:
            raise RulesError(path, f"a rule names {name!r}", f"Known groups: {', '.join(groups)}.")
    return Rule(rule["says"], tuple(when), tuple(unless))
