"""Layout files: the format, and what is said about a bad one."""

from pathlib import Path
from random import Random

import pytest

from locbao.train.composer.furniture import Furnisher
from locbao.train.composer.layout import Layout, LayoutError, parse_layout, read_layouts
from locbao.train.composer.page_lines import Row
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.slots import Filler
from locbao.train.corpus.labelled_pages import Headline

SHIPPED = Path(__file__).parents[3] / "train" / "data" / "layouts"
HEAD = """# Of one kind of site.
after: lang.example, xom.example
order: menu HEADLINE date? LEAD CONTENT SIGNATURE related?0.3
between: more
"""
BLOCKS = """
[menu]
Trang chủ
[date]
{date}
[related]
Tin liên quan

*2 {headline}
* {headline}
[more]
Đọc thêm: {headline}
"""


def filled(block: str, seed: int = 0) -> list[Row]:
    """The rows of a block whose text is given."""
    layout = parse_layout(HEAD + BLOCKS.replace("Trang chủ", block), "test", "test.txt")
    return furnisher(layout, seed).block("menu").rows


def furnisher(layout: Layout, seed: int = 0) -> Furnisher:
    others = [Headline(f"Tin số {number} của làng bên", f"Chuyện thứ {number}.", "") for number in range(9)]
    title, lead, captions = "Cầu mới thông xe", "Sáng nay cầu mới thông xe.", ["Người dân đi qua cầu mới"]
    return Furnisher(Filler(Random(seed), Recipe(), title, lead, others, captions), layout, ())


def test_head_and_blocks() -> None:
    layout = parse_layout(HEAD + BLOCKS, "test", "test.txt")
    assert layout.after == ("lang.example", "xom.example")
    assert [(step.name, step.chance) for step in layout.order if step.chance < 1] == [("date", 0.5), ("related", 0.3)]
    assert [step.name for step in layout.between] == ["more"]
    assert set(layout.blocks) == {"menu", "date", "related", "more"}


def test_variants_are_drawn_and_trimmed() -> None:
    drawn = {tuple(filled("Một\n---\n\nHai\n\nBa\n\n---\nBốn", seed)) for seed in range(40)}
    one, two = (("Một", "sidebar"),), (("Hai", "sidebar"), ("", None), ("Ba", "sidebar"))
    assert drawn == {one, two, (("Bốn", "sidebar"),)}


def test_labels_of_lines() -> None:
    assert filled("b> Hà Vy\nc> Ảnh tác giả\n\\b> chữ thường\n\\* Mời xem") == [
        ("Hà Vy", "body"),
        ("Ảnh tác giả", "caption"),
        ("b> chữ thường", "sidebar"),
        ("* Mời xem", "sidebar"),
    ]


def test_a_line_that_is_there_half_of_the_time() -> None:
    there = sum(bool(filled("? b> Hà Vy", seed)) for seed in range(200))
    assert 60 < there < 140


def test_items_repeat_with_their_own_values() -> None:
    for seed in range(20):
        rows = filled("*2-4 {n}. {headline}\n* {headline}\n*\n* {time}", seed)
        assert len(rows) in (8, 12, 16)
        for number, start in enumerate(range(0, len(rows), 4), start=1):
            first, second, blank, _ = rows[start : start + 4]
            assert first[0] == f"{number}. {second[0]}"
            assert blank == ("", None)


def test_a_range_opens_a_new_item() -> None:
    rows = filled("*2 một\n*3 hai")
    assert [text for text, _ in rows] == ["một"] * 2 + ["hai"] * 3


def test_what_belongs_to_the_page_is_the_same_everywhere() -> None:
    rows = filled("{site}|{site_caps}|{date}|{host}\n{site}|{site_caps}|{date}|{host}\n{title}\n{lead}")
    assert rows[0] == rows[1]
    assert [text for text, _ in rows[2:]] == ["Cầu mới thông xe", "Sáng nay cầu mới thông xe."]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (HEAD.replace("after: lang.example, xom.example\n", "") + BLOCKS, "x.txt", "no after:"),
        (HEAD.replace("between", "beside") + BLOCKS, "x.txt:4", "unknown line"),
        (HEAD.replace("related?0.3", "related?3") + BLOCKS, "x.txt:3", "not between 0 and 1"),
        (HEAD.replace("menu", "menu!") + BLOCKS, "x.txt:3", "cannot read 'menu!'"),
        (HEAD.replace(" CONTENT", "") + BLOCKS, "x.txt:3", "CONTENT is missing"),
        (HEAD.replace("LEAD", "LEAD LEAD") + BLOCKS, "x.txt:3", "LEAD stands twice"),
        (HEAD.replace("LEAD CONTENT", "CONTENT LEAD") + BLOCKS, "x.txt:3", "LEAD stands after CONTENT"),
        (HEAD.replace("menu", "") + BLOCKS, "x.txt:3", "block [menu] is never used"),
        (HEAD.replace("more", "ads") + BLOCKS, "x.txt:4", "no block [ads]"),
        (HEAD + BLOCKS + "[menu]\nMột\n", "x.txt:17", "opens twice"),
        (HEAD + BLOCKS + "---\n\n", "x.txt:17", "an empty variant of [more]"),
        (HEAD + BLOCKS + "{nothing}\n", "x.txt:17", "unknown slot {nothing}"),
        (HEAD + BLOCKS + "*5-2 {headline}\n", "x.txt:17", "cannot repeat 5 to 2 times"),
        (HEAD + BLOCKS + f"*3-{'9' * 5000} {{headline}}\n", "x.txt:17", "cannot repeat 3 to 999999 times"),
    ],
)
def test_a_fault_is_named_with_file_and_line(text: str, where: str, what: str) -> None:
    with pytest.raises(LayoutError) as caught:
        parse_layout(text, "x", "x.txt")
    assert str(caught.value).startswith(f"{where}: ")
    assert what in str(caught.value)


def test_a_folder_without_layouts_and_a_file_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="no layout files"):
        read_layouts(tmp_path)
    (tmp_path / "x.txt").write_bytes(b"\xff")
    with pytest.raises(LayoutError, match=r"x\.txt: cannot be read"):
        read_layouts(tmp_path)


def test_at_least_forty_layouts_come_with_the_package() -> None:
    hosts = {host for layout in read_layouts(SHIPPED) for host in layout.after}
    assert len(hosts) >= 40


@pytest.mark.parametrize("layout", read_layouts(SHIPPED), ids=lambda layout: layout.name)
def test_every_block_fills(layout: Layout) -> None:
    for seed in range(3):
        writer = furnisher(layout, seed)
        for name in layout.blocks:
            for text, label in writer.block(name).rows:
                assert label in ("body", "caption", "sidebar") if text.strip() else label is None
                assert not {"{", "}"} & set(text), f"{layout.name} [{name}]: {text}"
