"""Topic files and the settings of a topic training: what they may say, and what is answered where they may not."""

from pathlib import Path
from typing import Any

import pytest

from locbao.features.topics.design import Rule, Rules, TopicDesign
from locbao.features.topics.phrases import phrase_codes
from locbao.predict.topics.topic_model import LONGEST_PHRASE
from locbao.train.configuration import ConfigError, read_configuration
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.rules import RULES, read_rules

FLOOD = """
iptc = ["medtop:20000151"]
[words]
water = "lũ,  Ngập lụt, hồ chứa, lũ, mưa 200 mm"
harm = '''
cuốn trôi,
thiệt hại
'''
[[rules]]
says = "yes"
when = ["water", "harm"]
[[rules]]
says = "no"
when = ["harm"]
unless = ["water"]
"""


def written(folder: Path, text: str | bytes, name: str = "flood.toml") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


class TestTopicFiles:
    def test_groups_and_rules(self, tmp_path: Path) -> None:
        written(tmp_path, FLOOD)
        assert read_rules(tmp_path) == {
            "flood": Rules(
                {"water": ("lũ", "ngập lụt", "hồ chứa", "mưa 0 mm"), "harm": ("cuốn trôi", "thiệt hại")},
                (Rule("yes", ("water", "harm")), Rule("no", ("harm",), ("water",))),
                ("medtop:20000151",),
            )
        }

    def test_a_single_file(self, tmp_path: Path) -> None:
        path = written(tmp_path, FLOOD)
        written(tmp_path, FLOOD, "storm.toml")
        assert list(read_rules(path)) == ["flood"]
        assert list(read_rules(tmp_path)) == ["flood", "storm"]

    def test_a_topic_may_have_a_file_that_says_nothing(self, tmp_path: Path) -> None:
        assert read_rules(written(tmp_path, "# later")) == {"flood": Rules()}

    def test_phrases_are_normalised_as_sentences_are(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[words]\nwater = "Hoà Bình, cu\u0300 lao, 1\u200b2 giờ"')
        assert read_rules(path)["flood"].words == {"water": ("hòa bình", "cù lao", "0 giờ")}

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (b"\xff", "not TOML"),
            ("water = lũ", "not TOML"),
            ("word = {}", "unknown key 'word'. Known keys: words, rules, iptc."),
            ('words = "lũ"', "words: 'lũ' is of the wrong type. It should be a table."),
            ('[words]\nwater = ["lũ"]', "words.water: ['lũ'] is no text"),
            ('[words]\nwater = " , …"', "words.water: the group is empty"),
            ('[words]\nwater = "lũ, một hai ba bốn năm"', "words.water: 'một hai ba bốn năm' is too long"),
            ("rules = 3", "rules: 3 is of the wrong type. It should be a list."),
            ("rules = [3]", "rules, number 1: 3 is of the wrong type. It should be a table"),
            ('[[rules]]\nwhen = ["a"]', "rules, number 1.says: missing"),
            (
                '[[rules]]\nsays = "perhaps"\nwhen = ["a"]',
                "rules, number 1.says: unknown 'perhaps'. Use",
            ),
            ('[[rules]]\nsays = "yes"\nwhen = ["a"]\nbut = ["b"]', "rules, number 1: unknown key 'but'"),
            ('[[rules]]\nsays = "yes"', "rules, number 1.when: missing"),
            ('[[rules]]\nsays = "yes"\nwhen = []', "rules, number 1.when: [] has too few values"),
            (
                '[[rules]]\nsays = "yes"\nwhen = "a"',
                "rules, number 1.when: 'a' is of the wrong type",
            ),
            ('[[rules]]\nsays = "yes"\nwhen = ["a"]\nunless = "b"', "rules, number 1.unless: 'b' is of the wrong type"),
            ('[[rules]]\nsays = "yes"\nwhen = ["a"]', "a rule names 'a'. Known groups: none."),
            (
                '[[rules]]\nsays = "yes"\nwhen = [["a"]]',
                "rules, number 1.when, number 1: ['a'] is of the wrong",
            ),
            ('[words]\na = "lũ"\n[[rules]]\nsays = "no"\nwhen = ["a"]\nunless = ["b"]', "a rule names 'b'"),
            ("iptc = 20000151", "iptc: 20000151 is of the wrong type. It should be a list."),
            ("iptc = [20000151]", "iptc, number 1: 20000151 is of the wrong type"),
        ],
    )
    def test_faults(self, tmp_path: Path, text: str | bytes, told: str) -> None:
        path = written(tmp_path, text)
        with pytest.raises(ConfigError) as caught:
            read_rules(tmp_path)
        assert str(caught.value).startswith(f"{path}: {told}")
        assert str(caught.value).endswith(".")

    def test_no_files(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no topic file in this folder"):
            read_rules(tmp_path)
        with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
            read_rules(tmp_path / "none.toml")


class TestOurOwn:
    def test_every_topic_has_rules_for_and_against_it(self) -> None:
        found = read_rules(None)
        assert list(found) == ["asean", "border_security", "drug_crime"]
        for rules in found.values():
            assert {rule.says for rule in rules.rules} == {"yes", "no"}
            assert rules.iptc

    @pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
    def test_every_rule_and_every_phrase_of_a_group_stands_once(self, path: Path) -> None:
        (rules,) = read_rules(path).values()
        assert len(set(rules.rules)) == len(rules.rules)
        assert not any(set(rule.when) & set(rule.unless) for rule in rules.rules)
        assert len(TopicDesign([], rules).names) == len(rules.words) + len(rules.rules)
        for phrases in rules.words.values():
            assert len(set(phrase_codes(phrases).tolist())) == len(phrases)


class TestConfig:
    def test_defaults(self) -> None:
        assert read_configuration(TopicConfig, None) == TopicConfig()

    def test_a_file_and_what_overrides_it(self, tmp_path: Path) -> None:
        path = written(tmp_path, 'seed = 3\nstrength = 1\ntokens = "words"\nfolds = 0', "c.toml")
        config = read_configuration(TopicConfig, path, seed=None)
        assert (config.seed, config.strength, config.tokens, config.folds) == (3, 1.0, "words", 0)
        assert isinstance(config.strength, float)
        assert read_configuration(TopicConfig, path, seed=4).seed == 4

    def test_plain_values_make_the_same_settings_again(self) -> None:
        config = read_configuration(TopicConfig, None, tokens="words", unsure_weight=1)
        assert read_configuration(TopicConfig, None, **config.as_dict()) == config

    @pytest.mark.parametrize(
        ("chosen", "told"),
        [
            ({"fold": 3}, ": unknown key 'fold'. Known keys: seed, tokens"),
            ({"folds": 2.5}, ": folds: 2.5 is of the wrong type. It should be a whole number."),
            ({"seed": True}, ": seed: True is of the wrong type"),
            ({"seed": -1}, ": seed: -1 is too small. It should be greater than or equal to 0."),
            ({"folds": 1}, ": folds: one fold leaves nothing to learn from"),
            ({"least": 0}, ": least: 0 is too small"),
            ({"strength": 0}, ": strength: 0 is too small"),
            ({"strength": float("nan")}, ": strength: nan is not finite"),
            ({"phrase": LONGEST_PHRASE + 1}, ": phrase: 5 is too large. It should be less than or equal to 4."),
            ({"tokens": "letters"}, ": tokens: unknown 'letters'. Use one of syllables, words, both."),
        ],
    )
    def test_faults(self, chosen: dict[str, Any], told: str) -> None:
        with pytest.raises(ConfigError) as caught:
            read_configuration(TopicConfig, None, **chosen)
        assert str(caught.value).startswith(f"configuration{told}")

    @pytest.mark.parametrize(("text", "told"), [(b"folds: 3", "not TOML"), (b"\xff", "not TOML"), (None, "cannot be")])
    def test_files_that_are_none(self, tmp_path: Path, text: bytes | None, told: str) -> None:
        path = tmp_path / "c.toml" if text is None else written(tmp_path, text, "c.toml")
        with pytest.raises(ConfigError, match=rf"c\.toml: {told}"):
            read_configuration(TopicConfig, path)
