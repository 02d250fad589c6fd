"""Pages of one site whose template writes a line that reads like prose, and a model that makes much of site memory."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from locbao.predict.labelled import LabelledPage
from locbao.predict.lines.sites import SiteMemory
from locbao.predict.load import SHIPPED
from locbao.predict.model import Model
from locbao.predict.store.folder import read, save

TEMPLATE = "Công an tỉnh đã bắt quả tang hai đối tượng mua bán trái phép 3 kg ma túy đá ở khu vực cột mốc biên giới."
"""What stands in the middle of every page, and speaks of drugs."""

ARTICLES = (
    ("Người giữ vườn thuốc nam của bản Nà Sáy", "vườn thuốc", "bà Lường Thị Ón", "mùa rẫy"),
    ("Lớp học đàn tính bên bếp lửa nhà sàn", "lớp đàn", "ông Lò Văn Panh", "đêm trăng"),
    ("Chiếc cầu treo mới nối hai bờ suối Nậm Ngặt", "cây cầu", "trưởng bản Sùng A Dế", "mùa lũ"),
    ("Đàn ong rừng về làm tổ ở sân trường nội trú", "đàn ong", "thầy giáo Quàng Văn Chựa", "kỳ nghỉ hè"),
    ("Gánh hàng xén sáu mươi năm ở chợ phiên Pa Ham", "gánh hàng", "cụ Vàng Thị Dính", "phiên chợ Tết"),
    ("Tiếng khèn trở lại trên đỉnh đèo Tằng Quái", "tiếng khèn", "nghệ nhân Giàng A Của", "vụ gặt"),
)


def page(number: int, template: str = TEMPLATE) -> str:
    """A short page; those from 6 on tell the same stories of other years."""
    title, thing, person, time = ARTICLES[number % len(ARTICLES)]
    year = 2024 - number // len(ARTICLES)
    title = title if year == 2024 else f"{title} năm {year}"
    return "\n".join(
        [
            "Trang chủ",
            "Thời sự | Đời sống | Văn hóa",
            "",
            title,
            "",
            f"Suốt {number + 9} năm nay, {person} có mặt đầu tiên khi {time} về, và {thing} chưa khi nào vắng khách.",
            "",
            f"Sáng {number + 1}/{number % 12 + 1}/{year}, chúng tôi gặp {person} giữa lúc bà con đang chuyện trò.",
            template,
            f"Theo {person}, {thing} ấy có từ năm {1900 + number}, và cả bản cùng góp tay gìn giữ qua từng {time}.",
            f"{person.capitalize()} bên {thing}. Ảnh: Tòng Văn Hịa",
            f"Xong {time}, cả bản lại cùng nhau sửa sang {thing}, như cách họ vẫn làm suốt {number + 20} năm qua.",
            "",
            "Liên hệ quảng cáo: 0100 555 019",
        ]
    )


def remembered(site: str, texts: Iterable[str]) -> SiteMemory:
    memory = SiteMemory()
    for text in texts:
        memory.add(site, text)
    return memory


def labels(labelled: LabelledPage) -> dict[str, str]:
    """Label by line."""
    return {line.text: line.label for line in labelled.lines}


PART = {"steps": [0.05, 0.15, 0.3], "weights": np.array([4.0, 4.0, 4.0])}


def load_sure() -> Model:
    """The shipped model with a part for site memory that is surer than any line."""
    stored = read(SHIPPED)
    return Model(replace(stored, parts={**stored.parts, "site": PART}))


def save_model(folder: Path, *, site: bool) -> Path:
    """The shipped model as a folder, with that part or without any."""
    stored = read(SHIPPED)
    parts = {name: part for name, part in stored.parts.items() if name != "site"} | ({"site": PART} if site else {})
    own = {name: value for name, value in stored.manifest.items() if name not in ("digest", "files", "versions")}
    save(folder, parts, own, stored.card)
    return folder
