"""Four ways in which news sites write the same page as HTML.

A template is markup with one place for the text; `{alt}` is an alternative text. None is made after one site: they are
the habits of site generations, from tables to blocks without telling names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """How each part of a page is written; a part that repeats stands once for each line.

    `card` is a teaser whose picture and headline are links of the same text, `alone` a picture without a caption.
    """

    name: str
    opening: str  # of the page: {title}
    before: tuple[str, str]  # around what stands above the article
    group: tuple[str, str]  # around lines of furniture that stand together
    link: str
    plain: str  # furniture that is no link: a date, an address
    teaser: str
    card: str
    article: tuple[str, str]
    headline: str
    lead: str
    paragraph: str
    heading: str
    signature: str
    figure: str  # {alt}, {caption}
    alone: str  # {alt}
    inside: tuple[str, str]  # around furniture inside the article
    after: tuple[str, str]
    footer: tuple[str, str]


SEMANTIC = Template(
    name="semantic",
    opening='<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>',
    before=('<header class="site-header">', "</header>"),
    group=("<nav><ul>", "</ul></nav>"),
    link='<li><a href="/tin.html" title="{text}">{text}</a></li>',
    plain="<li><span>{text}</span></li>",
    teaser='<li><p class="description">{text}</p></li>',
    card='<li><a href="/tin.html"><img src="/anh.jpg" alt="{text}"></a><h3><a href="/tin.html">{text}</a></h3></li>',
    article=("<main><article>", "</article></main>"),
    headline='<h1 class="title-detail">{text}</h1>',
    lead='<p class="description">{text}</p>',
    paragraph="<p>{text}</p>",
    heading="<h2>{text}</h2>",
    signature='<p class="author"><strong>{text}</strong></p>',
    figure='<figure><picture><img src="/anh.jpg" alt="{alt}"></picture>'
    "<figcaption><p>{caption}</p></figcaption></figure>",
    alone='<figure><img src="/anh.jpg" alt="{alt}"></figure>',
    inside=('<aside class="related">', "</aside>"),
    after=('<aside class="sidebar"><section>', "</section></aside>"),
    footer=('<footer class="site-footer">', "</footer>"),
)

NAMED_BLOCKS = Template(
    name="named blocks",
    opening='<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><div id="wrapper">',
    before=('<div class="header"><div class="menu-top">', "</div></div>"),
    group=('<div class="box"><ul class="list-menu">', "</ul></div>"),
    link='<li class="item"><a href="/tin.chn" title="{text}">{text}</a></li>',
    plain='<li class="time">{text}</li>',
    teaser='<li class="knswli-sapo">{text}</li>',
    card='<li class="item"><a class="avatar" href="/tin.chn"><img alt="{text}" src="/anh.jpg"></a>'
    '<h4><a href="/tin.chn" title="{text}">{text}</a></h4></li>',
    article=('<div class="detail"><div class="detail-content afcbc-body" data-role="content">', "</div></div>"),
    headline='<h1 class="detail-title">{text}</h1>',
    lead='<h2 class="sapo">{text}</h2>',
    paragraph="<p>{text}</p>",
    heading="<p><b>{text}</b></p>",
    signature='<p class="detail-author" style="text-align: right;"><b>{text}</b></p>',
    figure='<div class="PreviewMode" type="Photo"><div><a class="detail-img-lightbox" href="/anh.jpg">'
    '<img alt="{alt}" src="/anh.jpg"></a></div><div class="PhotoCMS_Caption"><p>{caption}</p></div></div>',
    alone='<div class="PreviewMode" type="Photo"><div><img alt="{alt}" src="/anh.jpg"></div></div>',
    inside=('<div class="relate-container"><div class="relate-box">', "</div></div>"),
    after=('<div class="list-news clearfix"><div class="box-category">', "</div></div>"),
    footer=('<div class="footer"><div class="w1040">', "</div></div>"),
)

TABLES = Template(
    name="tables",
    opening='<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title>'
    '</head><body><table width="980"><tr><td>',
    before=('<table class="banner"><tr><td>', "</td></tr></table>"),
    group=("<table><tr><td>", "</td></tr></table>"),
    link='<div><a class="Menu" href="/tin.htm">{text}</a></div>',
    plain='<div class="Other">{text}</div>',
    teaser='<div class="Lead">{text}</div>',
    card='<table><tr><td><a href="/tin.htm"><img src="/anh.jpg" alt="{text}"></a></td></tr><tr><td>'
    '<a class="Other" href="/tin.htm">{text}</a></td></tr></table>',
    article=('</td></tr><tr><td class="content">', "</td></tr><tr><td>"),
    headline='<p class="Title">{text}</p>',
    lead='<p class="Lead">{text}</p>',
    paragraph='<p class="Normal">{text}</p>',
    heading='<p class="Normal"><strong>{text}</strong></p>',
    signature='<p class="Normal" align="right"><strong>{text}</strong></p>',
    figure='<table class="tplCaption" align="center"><tr><td><img src="/anh.jpg" alt="{alt}"></td></tr>'
    '<tr><td><p class="Image">{caption}</p></td></tr></table>',
    alone='<p align="center"><img src="/anh.jpg" alt="{alt}"></p>',
    inside=('<table class="boxed" align="left"><tr><td>', "</td></tr></table>"),
    after=('<table class="right"><tr><td>', "</td></tr></table>"),
    footer=('<table class="bottom"><tr><td>', "</td></tr></table>"),
)

NAMELESS = Template(
    name="nameless blocks",
    opening='<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>'
    '<div id="root">',
    before=('<div class="css-1a2b"><div class="css-9x">', "</div></div>"),
    group=('<div class="css-77">', "</div>"),
    link='<div class="css-3d"><a class="css-l" href="/tin">{text}</a></div>',
    plain='<div class="css-3e">{text}</div>',
    teaser='<div class="css-3f">{text}</div>',
    card='<div class="css-5"><a href="/tin"><img class="css-i" alt="{text}" src="/anh.webp"></a>'
    '<div class="css-6"><a href="/tin">{text}</a></div></div>',
    article=('<div class="css-m"><div class="css-n">', "</div></div>"),
    headline='<h1 class="css-t">{text}</h1>',
    lead='<div class="css-s">{text}</div>',
    paragraph='<div class="css-p">{text}</div>',
    heading='<div class="css-p"><span class="css-b">{text}</span></div>',
    signature='<div class="css-p css-r">{text}</div>',
    figure='<div class="css-f"><img class="css-i" alt="{alt}" src="/anh.webp"><div class="css-c">{caption}</div></div>',
    alone='<div class="css-f"><img class="css-i" alt="{alt}" src="/anh.webp"></div>',
    inside=('<div class="css-q">', "</div>"),
    after=('<div class="css-z">', "</div>"),
    footer=('<div class="css-y">', "</div>"),
)

TEMPLATES = (SEMANTIC, NAMED_BLOCKS, TABLES, NAMELESS)
