"""Invented values: people, telephone numbers, addresses, licences, dates, readers' comments."""

import unicodedata
from datetime import datetime
from random import Random

from locbao.train.composer import vocabularies


def person(random: Random) -> str:
    """A full name, or as newspapers sign it, without the surname."""
    pick = random.choice
    surname, middle, given = pick(vocabularies.SURNAMES), pick(vocabularies.MIDDLES), pick(vocabularies.GIVENS)
    return f"{surname} {middle} {given}" if random.random() < 0.6 else f"{middle} {given}"


def phone(random: Random) -> str:
    """A telephone number."""
    digits = f"{random.randrange(10**7):07d}"
    start = random.choice(("024.3", "028.3", "090", "091", "(024) 3", "(028) 3", "0243 ", "098", "+84 90"))
    return start + random.choice((digits, f"{digits[:3]}.{digits[3:]}", f"{digits[:3]} {digits[3:]}"))


def licence(random: Random) -> str:
    """The number of a paper's licence, with or without its date."""
    number, issued = random.randint(10, 900), f"{random.randint(1, 28)}/{random.randint(1, 12)}"
    tail = random.choice(("GP-BTTTT", "GP-TTĐT", "GP-CBC", "GP-BVHTTDL", "GPXB", "GP-STTTT"))
    dated = f"số {number}/{tail} ngày {issued}/{random.randint(2008, 2024)}"
    return random.choice((f"{number}/{tail}", dated))


def address(random: Random) -> str:
    """The address of an office."""
    pick, number = random.choice, random.randint(2, 480)
    street, ward, city = pick(vocabularies.STREETS), pick(vocabularies.STREETS), pick(vocabularies.CITIES)
    forms = (
        f"Số {number} {street}, phường {ward}, {city}",
        f"{number} {street}, {city}",
        f"Tầng {number % 30 + 1}, tòa nhà {ward}, số {number} đường {street}, {city}",
        f"{number} phố {street}, P. {ward}, TP. {city}",
    )
    return pick(forms)


def comment(random: Random) -> str:
    """A reader's comment, with or without capital and full stop."""
    said = random.choice(vocabularies.COMMENTS)
    if random.random() < 0.5:
        said = f"{random.choice(vocabularies.OPENINGS)}, {said}"
    if random.random() < 0.3:
        said = f"{said}. {random.choice(vocabularies.COMMENTS).capitalize()}"
    said += random.choice(vocabularies.ENDINGS)
    return said if random.random() < 0.4 else said[:1].upper() + said[1:]


def count(random: Random) -> str:
    """A number of readers, downloads and the like, with or without separators."""
    size = random.choice((10, 100, 1000, 10**5))
    return f"{random.randint(size // 10, size):,}".replace(",", random.choice((".", ",", "")))


def ago(random: Random) -> str:
    """How long ago something was published."""
    number = random.randint(1, 23)
    forms = (
        *(f"{number} giờ trước", f"{number} giờ", f"{number * 2} phút trước", f"{number % 7 + 1} ngày trước"),
        *(f"{number}h trước", f"{number:02d} giờ trước", "Vừa xong", "Hôm qua"),
    )
    return random.choice(forms)


def money(random: Random) -> str:
    """A sum or a price."""
    number = random.randint(2, 990)
    forms = (
        *(f"{number}.000đ", f"{number}.000 đồng", f"{number} triệu đồng", f"{number} tỷ"),
        *(f"{number},{number % 10} triệu", f"{number}.500.000 VND"),
    )
    return random.choice(forms)


def file_name(random: Random, title: str) -> str:
    """The name of a picture's file, with or without its ending."""
    number, stem = random.randint(1, 9999), fold(title).split() or ["anh"]
    slug, short = "-".join(stem[:5]), "".join(stem[:2])
    forms = (f"IMG_{number:04d}", slug, f"{short}_{number}", f"anh {number % 20}", f"dsc{number}", f"{number}a")
    return random.choice(forms) + random.choice((".jpg", ".jpg", ".jpeg", ".png", ".JPG", ".webp", ""))


def moment(random: Random, when: datetime) -> dict[str, str]:
    """Every form of a date and a time, by slot; one draw decides for all whether `5/3` has zeros before its numbers."""
    plain = random.random() < 0.5
    day, month = (f"{when.day}", f"{when.month}") if plain else (f"{when.day:02d}", f"{when.month:02d}")
    weekday = vocabularies.WEEKDAYS[when.weekday()]
    return {
        "weekday": weekday if plain else weekday.title(),
        "date": f"{day}/{month}/{when.year}",
        "date_dash": f"{day}-{month}-{when.year}",
        "date_short": f"{day}/{month}",
        "date_long": f"ngày {day} tháng {month} năm {when.year}",
        "iso_date": when.date().isoformat(),
        "time": f"{when.hour:02d}:{when.minute:02d}",
        "time_h": f"{when.hour}h{when.minute:02d}" if plain else f"{when.hour:02d}h{when.minute:02d}",
        "ampm": "AM" if when.hour < 12 else "PM",
        "year": str(when.year),
    }


def cut(random: Random, text: str, size: tuple[int, int]) -> str:
    """The first words of a text, as many as drawn from the range, with an ellipsis; all of it if it is shorter."""
    parts = text.split()
    keep = random.randint(*size)
    return text if len(parts) <= keep else " ".join(parts[:keep]) + random.choice(("...", "…", " ..."))


def fold(text: str) -> str:
    """Lower-case ASCII letters and digits of a Vietnamese text, words apart by one space."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = (char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(char if char.isascii() and char.isalnum() else " " for char in bare).split())
