"""What stands at an article's edges: kicker, the lead's prefix, signature."""

from locbao.train.composer import vocabularies
from locbao.train.composer.article import Parts
from locbao.train.composer.extras import capitalised
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.slots import Filler

_KICKERS = ("{Tag}:", "Vụ việc tại {place}:", "{place}:", "{Tag}", "Chuyện hôm nay: {tag}", "{PLACE}", "{section}")
_PREFIXES = (
    "({code}) - ",
    "({code})- ",
    "({site}) - ",
    "{site} - ",
    "({code}) – ",
    "[{code}] - ",
    "({site})- ",
    "{code} - ",
)
_SIGNATURES = (
    *("{name}", "{name}", "{name}", "{NAME}", "{NAME}", "{name} - {other}", "{NAME} - {OTHER}", "{name} – {other}"),
    *("{name}, {other}", "{name} (TH)", "{name} (t/h)", "{name} (tổng hợp)", "{name} (thực hiện)", "{name} ({agency})"),
    *("{name}/{agency}", "{name} (Theo {agency})", "{name} (Theo {agency}, {agency2})", "Theo {agency}", "Theo {name}"),
    *("Theo {name} ({paper})", "Theo {paper}", "{pen}", "{pen}", "{pen} (Theo {agency})", "Tin, ảnh: {name}"),
    *("Tin và ảnh: {NAME}", "Bài và ảnh: {NAME}", "Bài, ảnh: {name}", "{name}; ảnh: {other}", "{agency}", "{paper}"),
    *("Nguồn: {agency}", "Biên dịch: {name}", "Nhóm PV {section}", "TIN, ẢNH: {NAME}", "{name}\n{other}"),
)
_SECOND_SIGNATURES = ("Theo {paper}", "{paper}", "({agency})", "{other}")
_SECOND = 0.08
_END_NOTES = (
    "* Tên nhân vật trong bài đã được thay đổi.",
    "*Tên các nhân vật đã thay đổi",
    "(Còn nữa)",
    "Kỳ sau: Những ngày cuối ở bản",
    "* Bài viết thể hiện góc nhìn riêng của tác giả.",
    "Số liệu trong bài tính đến cuối tháng trước.",
)


def kicker(filler: Filler) -> str:
    """A short line above the headline."""
    tag, place = filler.value("tag", {}), filler.random.choice(vocabularies.PROVINCES)
    form = filler.random.choice(_KICKERS)
    section = filler.page["section"].upper()
    return form.format(tag=tag, Tag=capitalised(tag), place=place, PLACE=place.upper(), section=section)


def lead(filler: Filler, recipe: Recipe) -> str:
    """The page's lead as its paper sets it, with a prefix or without."""
    draw, site = filler.random.random(), filler.page["site"]
    if draw < recipe.lead_prefix:
        code = "".join(word[0] for word in site.split()).upper()
        return filler.random.choice(_PREFIXES).format(code=code, site=site) + filler.lead
    if draw < recipe.lead_prefix + recipe.glued_place:
        return filler.random.choice(vocabularies.PROVINCES) + filler.lead
    return filler.lead


def signature(filler: Filler, recipe: Recipe, parts: Parts) -> list[str]:
    """The lines under the article; there may be none."""
    random = filler.random
    notes = [random.choice(_END_NOTES)] if random.random() < recipe.end_note else []
    if random.random() < recipe.no_signature:
        return notes
    if parts.signature and random.random() >= recipe.invented_signature:
        return notes + list(parts.signature)
    if not parts.signature and random.random() >= recipe.invented_signature:
        return notes
    forms = [random.choice(_SIGNATURES)] + [random.choice(_SECOND_SIGNATURES)] * (random.random() < _SECOND)
    return notes + [line for form in forms for line in _named(filler, form).split("\n")]


def _named(filler: Filler, form: str) -> str:
    pick, name, other = filler.random.choice, filler.page["author"], filler.name()
    return form.format(
        name=name,
        NAME=name.upper(),
        other=other,
        OTHER=other.upper(),
        agency=pick(vocabularies.AGENCIES),
        agency2=pick(vocabularies.AGENCIES),
        paper=pick(vocabularies.PAPERS),
        pen=pick(vocabularies.PENS),
        section=pick(vocabularies.SECTIONS),
    )
