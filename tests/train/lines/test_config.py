"""Settings of a training: what a file may say, and what is answered where it may not."""

from pathlib import Path
from typing import Any

import pytest

from locbao.features.lines.design import FAMILIES
from locbao.train.configuration import ConfigError
from locbao.train.lines.config import LineConfig, make_config, read_config


def test_defaults() -> None:
    assert read_config(None) == LineConfig()
    assert LineConfig().families == tuple(FAMILIES)


def test_a_file_and_what_overrides_it(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('seed = 3\nstrength = 1\ngroups = [["a", "b"]]\n[recipe]\nvideo = 1\n', encoding="utf-8")
    config = read_config(path, seed=None)
    assert (config.seed, config.groups, config.recipe) == (3, (("a", "b"),), {"video": 1.0})
    assert isinstance(config.strength, float)
    assert read_config(path, seed=4).seed == 4


def test_plain_values_make_the_same_settings_again() -> None:
    config = make_config({"groups": [["a", "b"]], "recipe": {"between_blocks": [1]}}, "test")
    assert make_config(config.as_dict(), "test") == config


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"word": 3}, "unknown key 'word'"),
        ({"words": 3.5}, "words: 3.5 is of the wrong type"),
        ({"seed": True}, "seed: True is of the wrong type"),
        ({"strength": "1"}, "strength: '1' is of the wrong type"),
        ({"context": 1}, "context: 1 is of the wrong type"),
        ({"families": "shape"}, "families: 'shape' is of the wrong type"),
        ({"families": [1]}, "families: 1 is of the wrong type"),
        ({"families": ["form"]}, "families: not all of ('form',) are known"),
        ({"families": []}, "families: not all of () are known"),
        ({"groups": ["a"]}, "groups: 'a' is of the wrong type"),
        ({"groups": [[1]]}, "groups: 1 is of the wrong type"),
        ({"recipe": 3}, "recipe: 3 is of the wrong type"),
        ({"recipe": {"films": 1}}, "the recipe has no films"),
        ({"recipe": {"video": "often"}}, "recipe.video: 'often' is of the wrong type"),
        ({"composed": -1}, "composed: -1 is too small"),
        ({"strength": 0}, "strength: 0 is too small"),
        ({"iterations": 0}, "iterations: 0 is too small"),
    ],
)
def test_faults(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_config(chosen, "c.toml")
    assert str(caught.value).startswith(f"c.toml: {told}")


@pytest.mark.parametrize(("data", "told"), [(b"words: 3", "not TOML"), (b"\xff", "not TOML"), (None, "cannot be read")])
def test_files_that_are_none(tmp_path: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (tmp_path / "c.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=told):
        read_config(tmp_path / "c.toml")
