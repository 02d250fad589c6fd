"""The labels of a line, in the order of every array with a column or an index for each of them."""

from typing import Literal

Label = Literal["body", "caption", "sidebar"]
LABELS: tuple[Label, ...] = ("body", "caption", "sidebar")
BODY, CAPTION, SIDEBAR = range(len(LABELS))
