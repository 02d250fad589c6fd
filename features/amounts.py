"""Spans of time, and counts, for people."""


def counted(count: int, noun: str) -> str:
    """So many of them: `1 page`, `2,000 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """So long in words, roughly: `40 s`, `3 min`, `2 h`."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
