"""An invented valley's newspapers, made so that words show what a line is.

Paragraphs speak of people who built a bridge, captions of a boat ("thuyền"), furniture of a menu ("mục"), other
articles of the weather ("mưa").
"""

from collections.abc import Sequence

from locbao.train.composer.layout import Layout, parse_layout
from locbao.train.composer.material import Material, gather
from locbao.train.corpus.labelled_pages import Article, CorpusPage, Headline

SENTENCE = "Cây cầu treo qua suối {} đã được bà con trong bản dựng lại sau mùa lũ bằng gỗ và dây cáp."
LEAD = "Sau ba tháng góp công, lối qua suối {} đã mở lại cho học trò đến trường kịp ngày khai giảng."

LAYOUT = """
after: {host}
order: menu HEADLINE stamp LEAD CONTENT SIGNATURE box? related footer
between: more
[menu]
mục Thời sự

mục Kinh tế
[stamp]
mục {{date}} {{time}}
[more]
mục đọc thêm: {{headline}}
[box]
b> Hà Cầu Vy
mục theo dõi tác giả
[related]
mục liên quan

*3 {{headline}}
* {{headline}}
*
* {{teaser}}
[footer]
mục © {{year}} {{site}}
"""


def labelled(page_id: str, site: str, lines: Sequence[tuple[str, str | None]], style: str = "full") -> CorpusPage:
    texts, labels = zip(*lines, strict=True)
    return CorpusPage(page_id, site, texts, labels, (True,) * len(texts), (None,) * len(texts), style, f"{page_id}:1")


def real_page(number: int, site: str) -> CorpusPage:
    """A page with furniture in every place."""
    title = f"Cầu treo số {number} nối lại đôi bờ"
    return labelled(
        f"{site}/{number}",
        site,
        [
            (f"mục đầu trang {site}", "sidebar"),
            ("", None),
            (title, "body"),
            ("Lò Cầu Vân", "body"),
            (f"mục ngày đăng {site}", "sidebar"),
            (LEAD.format("Lạnh"), "body"),
            (f"{title} - Ảnh 1.", "caption"),
            (f"Thuyền của ông Páo chở bà con lần thứ {number}. Ảnh: Vừ Sáy", "caption"),
            *[(SENTENCE.format(place), "body") for place in ("Nậm", "Hoa", "Pa")],
            (f"mục xen giữa {site}", "sidebar"),
            ("Cầu cho ngày mai", "body"),
            *[(SENTENCE.format(place), "body") for place in ("Mường", "Tà", "Sìn")],
            ("Giàng Cầu Sơn", "body"),
            ("", None),
            (f"mục cuối trang {site}", "sidebar"),
            (title, "sidebar"),
        ],
    )


def village_layouts() -> list[Layout]:
    """Two layouts, each modelled on a site of its own."""
    return [parse_layout(LAYOUT.format(host=host), host, host) for host in ("lang.example", "ban.example")]


def village_material() -> Material:
    """Three pages each of two sites, a section page, an article without furniture, headlines."""
    pages = [real_page(number, site) for number in range(3) for site in ("lang", "nui")]
    section = labelled(
        "nui/s", "nui", [(f"mục trang mục số {n}" if n % 4 else "", "sidebar" if n % 4 else None) for n in range(1, 60)]
    )
    article = Article(
        "loose/1",
        "Cầu mới ở bản Nà",
        LEAD.format("Nà"),
        tuple(SENTENCE.format(place) for place in ("Nà", "Ka", "Lũng", "Cao")),
        ("Thuyền cũ bên cầu mới.",),
    )
    others = [Headline(f"mưa lớn ở miền số {n}", f"mưa kéo dài {n} ngày ở nhiều nơi.", "") for n in range(20)]
    return gather([*pages, section], [article], others)
