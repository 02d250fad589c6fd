"""What the readers promise, on the seeds of `make fuzz`, on what it found once, and on what hypothesis writes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import NAMES
from tests.fuzz.contracts import CONTRACTS, check_page, shipped
from tests.fuzz.seeds import SEEDS
from tests.fuzz.strategies import HTML, MARKDOWN, PAGES, ROWS, WORDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_every_reader_has_seeds_and_its_turn_in_make_fuzz() -> None:
    assert [*CONTRACTS] == [*SEEDS] == NAMES


@pytest.mark.parametrize("name", CONTRACTS)
def test_seeds_keep_the_promise_and_so_does_what_is_cut_off_of_them(name: str, folder: Path) -> None:
    for seed in SEEDS[name]:
        for stop in (len(seed), len(seed) - 1, len(seed) // 2, 1, 0):
            CONTRACTS[name](seed[:stop], folder)


@given(PAGES | MARKDOWN | HTML, st.sampled_from(["auto", "text", "markdown", "html"]))
def test_any_page_is_labelled_line_by_line(text: str, markup: str) -> None:
    check_page(shipped(), text, markup)


@given(ROWS)
def test_any_rows_are_pages_or_rejected(folder: Path, rows: list[str]) -> None:
    text = "\n".join(rows).encode(errors="surrogatepass")
    CONTRACTS["json_lines"](text, folder)
    CONTRACTS["json"](b"[" + text.replace(b"\n", b",") + b"]", folder)
    CONTRACTS["corpus"](text, folder)


@pytest.mark.parametrize("name", ["text", "html", "markdown", "json", "json_lines", "toml", "corpus", "layout"])
@settings(max_examples=40)
@given(data=st.data())
def test_any_bytes_keep_the_promise(name: str, folder: Path, data: st.DataObject) -> None:
    pieces = [word.encode() for word in WORDS[name].split(" ")] + [b"\n", b" "]
    CONTRACTS[name](data.draw(st.lists(st.sampled_from(pieces) | st.binary(max_size=4)).map(b"".join)), folder)


@pytest.mark.parametrize("name", ["manifest", "part", "parquet", "schema"])
@settings(max_examples=40)
@given(place=st.integers(0, 10**9), noise=st.binary(min_size=1, max_size=12), choice=st.integers(0, 10))
def test_noise_in_a_seed_keeps_the_promise(name: str, folder: Path, place: int, noise: bytes, choice: int) -> None:
    seed = SEEDS[name][choice % len(SEEDS[name])]
    place %= len(seed)
    CONTRACTS[name](seed[:place] + noise + seed[place + len(noise) :], folder)
