"""How long the steps of a training take."""

import time


class Clock:
    """Runs from its making; `laps` holds the seconds of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, step: str) -> None:
        """Ends a step."""
        now = time.monotonic()
        self.laps[step], self._last = now - self._last, now

    @property
    def total(self) -> float:
        """Seconds of all steps that have ended."""
        return sum(self.laps.values())

    def metrics(self) -> dict[str, float]:
        """The laps as figures of a run."""
        return {f"seconds/{step}": seconds for step, seconds in self.laps.items()}
