"""TOML files that mean harm: each is refused with its name before it takes time, memory or the stack."""

import os
from pathlib import Path

import pytest

from locbao.train.configuration import ConfigError, read_configuration, read_toml
from locbao.train.lines.config import LineConfig

BOMBS = {
    "lists deep": ("a = " + "[" * 100_000 + "]" * 100_000, "nested too deep"),
    "tables deep": ("a = " + "{a = " * 40_000 + "1" + "}" * 40_000, "nested too deep"),
    "a key of many parts": (".".join("a" * 100_000) + " = 1", "more than 100 full stops"),
    "a header of many parts": ("[" + ".".join('"\u2028"' for _ in range(30_000)) + "]", "more than 100 full stops"),
    "digits": ("a = " + "9" * 200_000, "not TOML"),
    "digits to the base of 16": ("a = [{b = 0x" + "f" * 200_000 + "}]", "beyond 64 bits"),
    "many bytes": ("#" * 300_000, "longer than 262,144 bytes"),
    "no UTF-8": ("a = '\udcff'", "not TOML"),
    "a string without end": ('a = """' + '"" ' * 50_000, "not TOML"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_refused(kind: str, tmp_path: Path) -> None:
    text, what = BOMBS[kind]
    path = tmp_path / "x.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError, match=what) as caught:
        read_toml(path, "Write it anew.")
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value)) < 500


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device"), (tmp_path / "no", "cannot be")):
        with pytest.raises(ConfigError, match=what):
            read_toml(path, "")


@pytest.mark.parametrize("line", ["strength = inf", "strength = nan", "labelled_weight = inf", "words = 200001"])
def test_numbers_that_no_training_can_take(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(line)
    with pytest.raises(ConfigError, match=line.split(maxsplit=1)[0]):
        read_configuration(LineConfig, tmp_path / "x.toml")


def test_messages_show_neither_controls_nor_long_values(tmp_path: Path) -> None:
    for text in ('"a\\u001b[2J" = 1', "groups = [" + '["a"],' * 10_000 + "1]", "families = '" + "x" * 10_000 + "'"):
        (tmp_path / "x.toml").write_text(text)
        with pytest.raises(ConfigError) as caught:
            read_configuration(LineConfig, tmp_path / "x.toml")
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 1000
