"""Where a reader stands: how many items it is still to pass over, and how much it has read."""

from collections.abc import Callable


class Cursor:
    """`left`: items still to be passed over. `share`: tells how much of the current INPUT has been read, 0 to 1."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.share: Callable[[], float] = float  # 0.0

    def passes(self, items: int = 1) -> bool:
        """Whether all of the next `items` are to be passed over; they are then counted off."""
        if self.left < items:
            return False
        self.left -= items
        return True
