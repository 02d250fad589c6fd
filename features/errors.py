"""The root of every error that the project raises on purpose."""

from typing import Any


class LocbaoError(Exception):
    """Base of all errors whose message is meant for the user: what happened, why, and what to try.

    A subclass takes the facts as arguments, keeps them as attributes and writes the message itself.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        # The usual way calls the class with the finished message, which no subclass accepts: an error raised in a
        # worker process would then fail to come back.
        return _restored, (type(self), self.args, self.__dict__)


class SourceError(LocbaoError):
    """Something that the user named cannot be used: `source` is what was named, such as a file with the line at fault;
    `what` is wrong with it; `hint` says what to try."""

    def __init__(self, source: object, what: str, hint: str) -> None:
        super().__init__(f"{source}: {what}. {hint}")
        self.source, self.what, self.hint = str(source), what, hint


def _restored(kind: type[LocbaoError], args: tuple[object, ...], state: dict[str, object]) -> LocbaoError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error
