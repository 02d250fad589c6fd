"""Settings of a training: what a file may say, and what is answered where it may not."""

from pathlib import Path
from typing import Any

import pytest

from locbao.features.lines.design import FAMILIES
from locbao.train.composer.recipe import Recipe
from locbao.train.configuration import ConfigError, checked, read_configuration
from locbao.train.lines.config import LineConfig


def test_defaults() -> None:
    assert read_configuration(LineConfig, None) == LineConfig()
    assert LineConfig().families == tuple(FAMILIES)


def test_a_file_and_what_overrides_it(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('seed = 3\nstrength = 1\ngroups = [["a", "b"]]\n[recipe]\nvideo = 1\n', encoding="utf-8")
    config = read_configuration(LineConfig, path, seed=None)
    assert (config.seed, config.groups, config.recipe) == (3, (("a", "b"),), Recipe(video=1.0))
    assert config.as_dict()["recipe"] == {"video": 1.0}
    assert isinstance(config.strength, float)
    assert read_configuration(LineConfig, path, seed=4).seed == 4


def test_plain_values_make_the_same_settings_again() -> None:
    config = checked(LineConfig, {"groups": [["a", "b"]], "recipe": {"between_blocks": [1]}}, "test")
    assert checked(LineConfig, config.as_dict(), "test") == config


def test_sites_of_a_group_are_known_however_they_are_written() -> None:
    config = LineConfig(groups=(("www.vtv.vn", "nld", "nld.com.vn"),))
    assert config.group_of("vtv") == config.group_of("https://nld.com.vn/a") == ("vtv", "nld")
    assert config.group_of("laodong.vn") == ("laodong",)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"word": 3}, "unknown key 'word'"),
        ({"words": 3.5}, "words: 3.5 is of the wrong type. It should be a whole number."),
        ({"seed": True}, "seed: True is of the wrong type"),
        ({"strength": "1"}, "strength: '1' is of the wrong type"),
        ({"context": 1}, "context: 1 is of the wrong type"),
        ({"families": "shape"}, "families: 'shape' is of the wrong type"),
        ({"families": [1]}, "families, number 1: 1 is of the wrong type"),
        ({"families": ["form"]}, "families: not all of ('form',) are known"),
        ({"families": []}, "families: not all of () are known"),
        ({"groups": ["a"]}, "groups, number 1: 'a' is of the wrong type"),
        ({"groups": [[1]]}, "groups, number 1, number 1: 1 is of the wrong type"),
        ({"recipe": 3}, "recipe: 3 is of the wrong type"),
        ({"recipe": {"films": 1}}, "recipe: unknown key 'films'"),
        ({"recipe": {"video": "often"}}, "recipe.video: 'often' is of the wrong type"),
        ({"recipe": {"main_tail": [1]}}, "recipe.main_tail, number 2: missing"),
        ({"recipe": {"main_tail": [1, 2, 3]}}, "recipe.main_tail: [1, 2, 3] has too many values"),
        ({"recipe": {"main_tail": [60, 12]}}, "recipe.main_tail: 60 is more than 12. Give the least first"),
        ({"recipe": {"main_tail": [-1, 12]}}, "recipe.main_tail, number 1: -1 is too small"),
        ({"recipe": {"video": 4}}, "recipe.video: 4 is too large"),
        ({"recipe": {"between_blocks": []}}, r"recipe.between_blocks: nothing of it can happen"),
        ({"recipe": {"between_blocks": [0, 0]}}, r"recipe.between_blocks: nothing of it can happen"),
        ({"groups": [["a"], ["b", "a"]]}, "groups: a site stands in two groups"),
        ({"groups": [["vtv"], ["b", "www.vtv.vn"]]}, "groups: a site stands in two groups"),
        ({"composed": -1}, "composed: -1 is too small"),
        ({"strength": 0}, "strength: 0 is too small"),
        ({"iterations": 0}, "iterations: 0 is too small"),
        ({"caption_odds": 3.0}, "caption_odds belongs no longer to the training. Delete it here, and say it where"),
    ],
)
def test_faults(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(LineConfig, chosen, "c.toml")
    assert str(caught.value).startswith(f"c.toml: {told}")


@pytest.mark.parametrize(("data", "told"), [(b"words: 3", "not TOML"), (b"\xff", "not TOML"), (None, "cannot be read")])
def test_files_that_are_none(tmp_path: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (tmp_path / "c.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=told):
        read_configuration(LineConfig, tmp_path / "c.toml")
