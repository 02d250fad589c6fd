"""Topic files: one TOML file a topic, named after it, with groups of phrases and the rules over them."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from locbao.features.text import normalise
from locbao.features.topics.design import Rule, Rules
from locbao.features.topics.phrases import written_tokens
from locbao.predict.store.manifest import MAX_NAME
from locbao.predict.store.schema import MAX_GROUP_PHRASES, MAX_GROUPS, MAX_RULE_GROUPS, MAX_RULES
from locbao.predict.topics.topic_model import LONGEST_PHRASE
from locbao.train.configuration import ConfigError, Configuration, Listed, checked, fault, read_toml
from locbao.train.corpus.topic_articles import TopicArticle

RULES = Path(__file__).parents[1] / "data" / "topics"
_LIKE = "like those in train/data/topics"


def read_rules(folder: Path | None) -> dict[str, Rules]:
    """The rules of every topic that has a file in the folder; of locbao's own topics for None. Raises ConfigError."""
    where = RULES if folder is None else folder
    files = sorted(where.glob("*.toml")) if where.is_dir() else [where]
    if not files:
        raise ConfigError(str(where), "no topic file in this folder", f"Write one, NAME.toml, {_LIKE}.")
    rules = {}
    for path in files:
        file = checked(TopicFile, read_toml(path, f"Write it {_LIKE}."), str(path))
        of_topic = tuple(Rule(rule.says, rule.when, rule.unless) for rule in file.rules)
        rules[path.stem] = Rules(file.words, of_topic, file.iptc)
    return rules


def rule_sentences(topic: str, rules: Rules) -> list[TopicArticle]:
    """What rules say, as sentences that somebody has read: the first phrase of each group, and whether that carries the
    topic. A start for topics of which no sentence has been read."""
    sentences = []
    for number, rule in enumerate(rules.rules):
        id = f"{topic}.toml:{number}"
        text = (" ".join(rules.words[name][0] for name in rule.when),)
        topics = frozenset([topic] if rule.says == "yes" else [])
        sentences.append(TopicArticle(id, id, text, topics, frozenset(), True, False, id))
    return sentences


def _phrases(text: Any) -> tuple[str, ...]:
    if not isinstance(text, str):
        raise fault(f"{text!r} is no text", 'Write phrases between commas, such as border = "biên giới, cửa khẩu".')
    written = (" ".join(written_tokens(normalise(part))) for part in text.split(","))
    phrases = tuple(dict.fromkeys(phrase for phrase in written if phrase))
    for phrase in phrases:
        if phrase.count(" ") >= LONGEST_PHRASE:
            raise fault(f"{phrase!r} is too long", f"Give {LONGEST_PHRASE} syllables at most.")
    if not phrases:
        raise fault("the group is empty", "Give it phrases between commas, or delete it.")
    return phrases


def _printable(name: str) -> str:
    if len(name) > MAX_NAME or not name.isprintable():
        raise fault(f"{name[:MAX_NAME]!r} is no name", f"Give at most {MAX_NAME} letters, digits, spaces and signs.")
    return name


Name = Annotated[str, AfterValidator(_printable)]


class TopicRule(Configuration):
    """A rule as a file has it; see `features.topics.design.Rule`."""

    says: Literal["yes", "no"]
    when: Annotated[Listed[str], Field(min_length=1, max_length=MAX_RULE_GROUPS)]
    unless: Annotated[Listed[str], Field(max_length=MAX_RULE_GROUPS)] = ()


class TopicFile(Configuration):
    """What a topic's file may hold; see `features.topics.design.Rules`."""

    words: dict[Name, Annotated[tuple[str, ...], BeforeValidator(_phrases)]] = Field(
        default_factory=dict, max_length=MAX_GROUPS
    )
    rules: Annotated[Listed[TopicRule], Field(max_length=MAX_RULES)] = ()
    iptc: Annotated[Listed[Name], Field(max_length=MAX_RULES)] = ()

    @model_validator(mode="after")
    def _names_groups(self) -> Self:
        count = sum(map(len, self.words.values()))
        if count > MAX_GROUP_PHRASES:
            raise fault(f"the groups have {count} phrases", f"Give {MAX_GROUP_PHRASES} at most.")
        for rule in self.rules:
            for name in (*rule.when, *rule.unless):
                if name not in self.words:
                    raise fault(f"a rule names {name!r}", f"Known groups: {', '.join(self.words) or 'none'}.")
        return self
