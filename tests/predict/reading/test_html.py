"""HTML as lines: what becomes a line, what is left out, and how bytes become text."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.notation.elements import ELEMENTS
from locbao.predict.reading.encoding import decode_html
from locbao.predict.reading.html import html_lines, html_text
from locbao.predict.reading.items import Input, Raw, ReadOptions, Source, Unusable
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import parse
from tests.fuzz.strategies import HTML

PHRASE = "Bà con Cơ Tu dựng lại gươl"  # of which every letter can be written in windows-1258


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<h1>Tin</h1><p>Một <b>hai</b>\n  ba</p><p>Bốn</p>", "Tin||Một hai ba||Bốn"),
        ("<div>Một</div><div>hai<div>ba</div>bốn</div>", "Một|hai|ba|bốn"),
        ("Một<br>hai<br/><br>ba", "Một|hai|ba"),
        ("<ul><li>Một<li>hai</ul><ul><li>ba</ul>", "Một|hai||ba"),
        ("<div><a href=/>Một</a> <a href=/>hai</a><a href=/>ba</a></div>", "Một hai ba"),
        ("Một<button>hai</button>ba <a>bốn</a><time>năm</time>", "Một hai ba bốn năm"),
        ("<span class=a>Một</span><span class=b>hai</span><span class=b>ba</span>", "Một haiba"),
        ("<strong>M</strong><strong>ột</strong><em>, hai</em> <b>b</b>a", "Một, hai ba"),
        ("<span hidden>x</b>x</span>", ""),
        ("<x-a><template shadowrootmode=open>Một<template>x</template></template>hai</x-a>", "Một|hai"),
        ("<table><tr><td>Một<td>hai</tr><tr><th>ba</th><th><p>bốn</p></th></tr></table>", "Một hai|ba||bốn"),
        ("<table><tr><td>Một<td>hai<br>ba<td>bốn<tr><td>năm<td>sáu</table>", "Một|hai|ba|bốn|năm sáu"),
        ("<table><tr><td>Một<td><table><tr><td>hai<td>ba</table><td>bốn</table>", "Một|hai ba|bốn"),
        ("<table><tr><td><img alt=Một><td>hai<td>ba</table>", "Một|hai ba"),
        ("<pre>Một\n  hai\n\nba</pre>", "Một|hai|ba"),
        ("<p>&nbsp;</p><p>\u200b</p><p>Giá &lt; 5 triệu &amp; hơn</p>", "\u200b||Giá < 5 triệu & hơn"),
        ("<dl><dt>Một<dd>hai</dl>", "Một|hai"),
        ("<p>Một\u00a0hai</p>", "Một\u00a0hai"),
        ("<details><summary>Một</summary>hai</details>", "Một|hai"),
        ("<select><option>Một<option>hai</select><button>ba</button>", "Một|hai|ba"),
        ("plain text", "plain text"),
        ("", ""),
    ],
)
def test_a_block_is_a_line(markup: str, lines: str) -> None:
    assert html_text(markup) == lines.replace("|", "\n")


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        (
            '<p>Một</p><figure><img alt="Vườn quế"><figcaption><p>Vườn quế. Ảnh: A</p></figcaption></figure>',
            "Một||Vườn quế|Vườn quế. Ảnh: A",
        ),
        ('<figure><a href=1.jpg><img alt="Vườn quế"></a> Ảnh: A</figure>', "Vườn quế|Ảnh: A"),
        ('<a href=/><img alt="Tin hay"><span>Tin hay</span></a>', "Tin hay Tin hay"),
        ('<a href=/><img alt="Tin hay"></a><h3><a href=/>Tin hay</a></h3>', "Tin hay||Tin hay"),
        ('<p><img alt="Vườn quế">Ảnh: A</p>', "Vườn quế|Ảnh: A"),
        ('<p>Một<img src=x><img alt=""><img alt=" ">hai</p>', "Một hai"),
        ('<picture><source srcset=x><img alt="Vườn quế"></picture>', "Vườn quế"),
        (
            "<p>Một</p><amp-img alt='Vườn quế'><amp-img placeholder alt=x></amp-img><p fallback>x</p></amp-img>hai",
            "Một||Vườn quế|hai",
        ),
        ("<img alt=Một><noscript><img alt=Một>x</noscript><p>hai", "Một||hai"),
        ("<body><noscript><img alt=Một></noscript><img alt=Một><p>hai", "Một||hai"),
        ("<body><noscript><img alt=Một>x</noscript><img alt=hai><img alt=hai>", "Một|hai|hai"),
        ("<noscript><p>Một</noscript><script>x</script>", "Một"),
        ("<video controls>Máy không xem được</video><audio>x</audio><iframe>x</iframe><object>x</object>", ""),
        ('<img alt="Vườn <b>quế</b>">', "Vườn quế"),
        ("<svg><title>x</title><text>y</text></svg>", ""),
    ],
)
def test_pictures_give_their_alternative_text(markup: str, lines: str) -> None:
    assert html_text(markup) == lines.replace("|", "\n")


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<noscript><img>x</noscript>",
        "<template><p>x</p></template>",
        "<!-- x -->",
        "<textarea>x</textarea>",
        "<div hidden><p>x</p></div>",
        '<div style="color: red; DISPLAY : none">x</div>',
        '<p style="display:none !important;">x</p>',
        '<p style="visibility:hidden">x</p>',
        '<p style="display:block;display:none">x</p>',
        '<p style="display:none !important;display:block">x</p>',
        "<amp-ad><div fallback>x</div></amp-ad>",
        "<dialog>x</dialog>",
        "<iframe><p>x</p></iframe>",
        "<datalist><option>x</datalist>",
    ],
)
def test_what_is_not_seen_is_left_out(hidden: str) -> None:
    assert html_text(f"<title>x</title><p>Một</p>{hidden}<p>hai</p>") == "Một\n\nhai"


@pytest.mark.parametrize(
    "shown",
    [
        '<body style="display:none"><p>Một',
        '<p style="display:nonesuch">Một',
        '<p style="background:url(display:none)">Một',
        '<p style="display:none;color:red;Display : Block">Một',
        '<p style="visibility:hidden;visibility:visible !important;visibility:collapse">Một',
        "<p placeholder fallback>Một</p>",
        "<dialog open>Một</dialog>",
        "<span aria-hidden=true>Một</span>",
        "<html hidden><p>Một",
    ],
)
def test_what_is_seen_is_kept(shown: str) -> None:
    assert html_text(shown) == "Một"


def test_a_page_that_is_nested_very_deep() -> None:
    began = time.monotonic()
    assert html_text("<div>" * 5000 + "Một") == "Một"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("unit", ["<div>", "<ul><li>", "<table><tr><td>", "<b><div>", "<div><p>", "<optgroup>"])
def test_nesting_that_would_take_minutes_is_refused_at_once(unit: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unusable, match=r"nested too deep: .* elements are open at character"):
        html_text(unit * 100_000 + "Một")
    assert time.monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["<p>Một", "<tr><td>Một", "<li>Một<img src=x>", "<div>Một</div>", "<a href=x>Một<br>"])
def test_a_long_page_is_not_a_deep_one(unit: str) -> None:
    assert html_text(unit * 50_000).replace("\n", "") == "Một" * 50_000


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("".join(f"<b a={n}>" for n in range(5000)) + "<p>Một</p>" * 5000, "\n\n".join(["Một"] * 5000)),
        ("<select>" + "<option>Một" * 50_000, "\n".join(["Một"] * 50_000)),
        ("<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">Một", "Một"),
        ("".join(f"<body a{n}='>'>" for n in range(50_000)) + "Một", "Một"),
    ],
    ids=["open formatting", "options", "attributes", "bodies"],
)
def test_what_makes_parsers_slow_or_large(markup: str, lines: str) -> None:
    """Taken as it is, each would need minutes or gigabytes."""
    assert html_text(markup) == lines


@pytest.mark.parametrize(
    ("markup", "shares"),
    [
        ("<a href=/>Trang chủ</a>", [1]),
        ("<p>Xem <a href=/a>ab</a> và <a href=/b><b>cd</b></a></p>", [4 / 9]),
        ("<a href=/a><h3>Cầu treo</h3><p>Bà con</p></a><p>Sáng nay</p>", [1, 0, 1, 0, 0]),
        ("<a href=/a><img alt='Cầu treo'></a><img alt='Bà con'>", [1, 0]),
        ("<a href=/a>Cầu<br>treo</a> mới<br>Nà", [1, 4 / 7, 0]),
        ("<table><tr><td>Cầu</td><td><a href=/a>treo</a></td></tr></table>", [4 / 7]),
        ("<table><tr><td>Cầu<p>mới</td><td>a <a href=/a>treo</a></td></tr></table>", [0, 0, 0, 0, 4 / 5]),
        ("<table><tr><td><a href=/>Cầu</a><td>Mưa <a href=/a>to</a><br>quá</table>", [1, 2 / 5, 0]),
        ("<table><tr><td><a href=/a>Cầu</a> treo<td>Bà<i> con</i> mới<br>", [3 / 7, 0]),
        ("<p>Cầu treo", [0]),
    ],
)
def test_the_share_of_link_text(markup: str, shares: list[float]) -> None:
    lines, links, _ = html_lines(markup)
    assert html_text(markup) == "\n".join(lines)
    assert links == pytest.approx(shares), lines


def test_headings_of_the_first_level_and_pictures() -> None:
    markup = "<h1>Cầu <b>treo</b><img alt='Cầu'></h1>a<h2>Nà</h2><a href=/><img alt='Cầu'></a><h1><p>b<br>c</h1>"
    lines, _, elements = html_lines(markup)
    kept = [(line, ELEMENTS[element]) for line, element in zip(lines, elements, strict=True) if line]
    headings = [("Cầu treo", "heading"), ("Cầu", "picture")]
    assert kept == [*headings, ("a", "text"), ("Nà", "text"), ("Cầu", "text"), ("b", "heading"), ("c", "heading")]


@given(HTML | st.text())
def test_any_nesting_gives_lines_without_spaces_at_their_ends(markup: str) -> None:
    assert "\r" not in html_text(markup)
    lines = html_text(markup).split("\n")
    assert all(line == line.strip(" ") and "  " not in line for line in lines)
    assert not any(a == b == "" for a, b in pairwise(lines)) or lines == [""]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (PHRASE.encode(), PHRASE),
        (b"\xef\xbb\xbf<meta charset=latin1>" + PHRASE.encode(), PHRASE),
        (PHRASE.encode("utf-16"), PHRASE),
        (b"\xfe\xff" + PHRASE.encode("utf-16-be"), PHRASE),
        (b'<META http-equiv=Content-Type content="text/html; charset=windows-1252">\xe9', "é"),
        (b"<meta charset='iso-8859-1'>\x93\xe9", "“é"),
        (b"<meta charset=utf-16>\xc3\xa9", "é"),
        (b"<meta charset=nothing-known>\xc3\xa9", "é"),
        (b"<!-- <meta charset=koi8-r> -->\xc3\xa9", "é"),
        (b" " * 1024 + b"<meta charset=koi8-r>\xc1", "а"),
        (b" " * 1024 + b"<meta charset=utf-8>\xff\xe9", "\ufffd" * 2),
        (PHRASE.encode() + b"\xc3", PHRASE + "\ufffd"),
        (b"<meta charset=windows-1252>" + PHRASE.encode() + b"\xc3 hai", PHRASE + "\ufffd hai"),
        ("áéíó".encode() + b"\xe1", "áéíó\ufffd"),
        ("áéí\ufffd".encode(), "áéí\ufffd"),
        ("áéí".encode() + b"\xe1", "Ă¡Ă©Ă\xadá"),
        (b"<meta charset=utf-8>\xff\xc3\xa9", "\ufffdé"),
        (b"b\xe0 con \xd0\xf4ng", "bà con Đông"),
        (b"\x9e", "ž"),
        (b"<meta charset=windows-1252>" + PHRASE.encode(), PHRASE),
        (b"<meta charset=windows-1258><p>b\xe0 con \xd0\xf4ng", "bà con Đông"),
        (b"<meta charset=utf-8>caf\xe9", "caf\ufffd"),
        (b"<meta charset=nothing-known><meta charset=koi8-r>\xc1", "а"),
        (b'<meta name=description content="charset=koi8-r">\xc3\xa9', "é"),
    ],
)
def test_encodings_are_told_as_browsers_tell_them(data: bytes, text: str) -> None:
    assert re.sub("<.*>", "", decode_html(data)).strip() == text


def test_binary_data_is_no_html() -> None:
    with pytest.raises(Unusable, match="a zero byte at offset 3"):
        decode_html(b"%PD\0")


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\0" in data:
        with pytest.raises(Unusable, match="binary"):
            decode_html(data)
    else:
        assert isinstance(decode_html(data), str)


def test_bytes_are_refused_in_words() -> None:
    with pytest.raises(TypeError, match="HTML is a str, not bytes: decode"):
        html_text(b"<p>Tin")  # type: ignore[arg-type]


@pytest.mark.parametrize(("most", "fits"), [(8, True), (7, False)])
def test_the_length_of_a_page_counts_its_line_ends(most: int, fits: bool) -> None:
    page = parse(Raw(Source("a.html"), b"<p>Tin<p>Mua", Markup.HTML), ReadOptions(max_chars=most))
    assert isinstance(page, Input) == fits
