"""The versions of a registered model, and which of them is the champion."""

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from locbao.features.errors import LocbaoError
from locbao.predict.store.from_mlflow import CHAMPION, plain
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.evaluation.tables import table
from locbao.train.tracking.mlflow_store import PREFIX, MlflowStore, tracking_errors
from locbao.train.tracking.tracked_run import TrackingError

_Read = TypeVar("_Read")

_PAST = f"{PREFIX}.champions"
"""Tag of the registered model: the versions that were champion before the present one, oldest first; 0 for none."""

_REMEMBERED = 100  # champions that can be undone


class NoSuchVersion(LocbaoError):
    """The registered model has no version of that name: `wanted`."""

    def __init__(self, wanted: str, registered: str, store: str, names: Sequence[str] = ()) -> None:
        hint = "`locbao models list` shows its versions and their aliases; `locbao train lines` makes one."
        meant = _meant(wanted, names) or hint
        super().__init__(f"{wanted!r} is no version of the registered model {registered!r} in {store}. {meant}")
        self.wanted = wanted


class NoSuchModel(LocbaoError):
    """The store has no registered model of that name: `registered`."""

    def __init__(self, registered: str, names: Sequence[str], store: str) -> None:
        there = f"It has {', '.join(sorted(names)) or 'none'}; `locbao train lines` makes one."
        meant = _meant(registered, names) or there
        super().__init__(f"There is no registered model {registered!r} in {store}. {meant}")
        self.registered = registered


def _meant(wanted: str, names: Sequence[str]) -> str:
    near = " or ".join(map(repr, get_close_matches(wanted, names)))
    return f"Did you mean {near}?" if near else ""


@dataclass(frozen=True, slots=True)
class Version:
    """A model that a training has registered. `created`: milliseconds since 1970, UTC; `tags` without the prefix."""

    number: int
    aliases: tuple[str, ...]
    run_id: str
    created: int
    tags: Mapping[str, str]

    def __str__(self) -> str:
        name, digest = self.tags.get("name", "?"), self.tags.get("digest", "")[:SHORT_DIGEST]
        return f"version {self.number} ({name} {digest})"

    @property
    def topics(self) -> frozenset[str]:
        """The topics that it knows."""
        return frozenset(filter(None, self.tags.get("topics", "").split(", ")))

    def part(self, name: str) -> str | None:
        """The digest of its part `lines` or `topics`; None if it has no such part."""
        return self.tags.get(f"digest.{name}")


def version_name(wanted: str, registered: str) -> str:
    """The number of `models:/REGISTERED/NUMBER`, the alias of `models:/REGISTERED@ALIAS` or `@ALIAS`; anything else as
    it is."""
    return re.sub(f"^(models:/{re.escape(registered)})?[/@]", "", wanted)


class Registry:
    """The versions of one registered model in a store.

    Every method raises NoSuchModel if it is not there, TrackingError if the store fails.
    """

    def __init__(self, store: MlflowStore, registered: str) -> None:
        self.store, self.registered, self._client = store, registered, store.client

    def versions(self) -> list[Version]:
        """All versions, newest first."""
        with self._errors():
            model = self._model()
            registered = self._client.search_model_versions(f"name = '{self.registered}'", max_results=10_000)
        versions = []
        for each in registered:
            number = int(each.version)
            aliases = tuple(sorted(name for name, of in model.aliases.items() if int(of) == number))
            tags = {name.removeprefix(f"{PREFIX}."): value for name, value in each.tags.items()}
            versions.append(Version(number, aliases, each.run_id or "", each.creation_timestamp, tags))
        return sorted(versions, key=lambda version: -version.number)

    def find(self, wanted: str) -> Version:
        """The version with this number or alias, of this run (`runs:/RUN/…`), or the "latest". Raises NoSuchVersion."""
        name = version_name(wanted, self.registered)
        run = name.split("/")[1] if name.startswith("runs:/") else None
        versions = self.versions()
        for version in versions:
            if name in (str(version.number), *version.aliases, "latest") or run == version.run_id:
                return version
        aliases = {alias for version in versions for alias in version.aliases}
        raise NoSuchVersion(wanted, self.registered, self.store.uri, sorted({*aliases, "latest", "shipped"}))

    def champion(self) -> Version | None:
        """The version in use, if there is one."""
        return next((version for version in self.versions() if CHAMPION in version.aliases), None)

    def set_champion(self, version: Version, notes: Mapping[str, str]) -> None:
        """Makes it the champion, with `notes` as tags, and remembers the one before."""
        before = self.champion()
        with self._errors():
            for name, text in notes.items():
                self._client.set_model_version_tag(self.registered, version.number, f"{PREFIX}.promoted.{name}", text)
            self._remember([*self._past(), before.number if before else 0])
            self._client.set_registered_model_alias(self.registered, CHAMPION, str(version.number))

    def undo(self, why: str) -> tuple[Version, Version | None]:
        """Brings back the champion before this one: (the one that goes, the one that comes).

        Raises NoSuchVersion if there is no champion, TrackingError if none is known to have been before it.
        """
        goes = self.champion()
        if not goes:
            raise NoSuchVersion(CHAMPION, self.registered, self.store.uri)
        with self._errors():
            past = self._past()
            if not past:
                raise TrackingError(self.store.uri, "no promotion is left to undo", "Promote the version you want.")
            for name, text in {"at": utc_now(), "reason": why}.items():
                self._client.set_model_version_tag(self.registered, goes.number, f"{PREFIX}.undone.{name}", text)
            if past[-1]:
                self._client.set_registered_model_alias(self.registered, CHAMPION, str(past[-1]))
            else:
                self._client.delete_registered_model_alias(self.registered, CHAMPION)
            self._remember(past[:-1])
        return goes, self.champion()

    def keep(self, version: Version, files: Mapping[str, str]) -> None:
        """Adds files to the run that made the version."""
        with self._errors():
            for name, text in files.items():
                self._client.log_text(version.run_id, text, name)

    def file_of_part(self, version: Version, part: str, name: str, read: Callable[[Path], _Read]) -> _Read | None:
        """What `read` makes of a file of the run that made a part of the version; None if it has no such file.

        That is the version's own run, or, if it took over the part from another version, the run of that one.
        """
        same = [each for each in self.versions() if each.part(part) and each.part(part) == version.part(part)]
        with tempfile.TemporaryDirectory() as place:
            for run_id in [each.run_id for each in (version, *same)]:
                try:
                    there = any(entry.path == name for entry in self._client.list_artifacts(run_id))
                    path = Path(self._client.download_artifacts(run_id, name, place)) if there else None
                except Exception as error:
                    what = f"the files of run {run_id} cannot be read ({plain(error)})"
                    hint = "Check that the run's artifacts are still there."
                    raise TrackingError(self.store.uri, what, hint) from error
                if path:
                    return read(path)
        return None

    def macro_f1(self, versions: Sequence[Version]) -> dict[tuple[str, str | None], str]:
        """By a part and its digest: macro F1 by style, or by sure and all articles, from the training that made it."""
        scores = {}
        for version in versions:
            with self._errors():
                run = self._client.get_run(version.run_id).data
            whole = {name: value for name, value in run.metrics.items() if re.fullmatch("[^/]+/macro_f1", name)}
            if whole:
                styled = ((f"{name.partition('/')[0]} ", value) for name, value in sorted(whole.items()))
                figures = (f"{style if len(whole) > 1 else ''}{value:.3f}" for style, value in styled)
                part = run.tags.get(f"{PREFIX}.kind", "")
                scores[part, version.part(part)] = ", ".join(figures)
        return scores

    def _model(self) -> Any:
        for model in self._client.search_registered_models(f"name = '{self.registered}'"):
            return model
        names = [model.name for model in self._client.search_registered_models(max_results=1000)]
        raise NoSuchModel(self.registered, names, self.store.uri)

    def _past(self) -> list[int]:
        return [int(number) for number in self._model().tags.get(_PAST, "").split()]

    def _remember(self, past: Sequence[int]) -> None:
        numbers = " ".join(map(str, past[-_REMEMBERED:]))
        self._client.set_registered_model_tag(self.registered, _PAST, numbers)

    def _errors(self) -> Any:
        return tracking_errors(self.store.uri)


def version_table(registry: Registry) -> str:
    """The versions with what people ask of them: alias, name, digest, scores, time, and why it was promoted."""
    header = ("version", "alias", "name", "digest", "F1 of lines", "F1 of topics", "trained (UTC)", "promoted because")
    rows, versions = [], registry.versions()
    scores = registry.macro_f1(versions)
    for version in versions:
        tags = version.tags
        reason = tags.get("promoted.reason", "")
        if tags.get("undone.at", "") > tags.get("promoted.at", ""):
            reason += f" (undone: {tags['undone.reason'] or 'no reason given'})"
        name, digest = (tags.get(tag, "") for tag in ("name", "digest"))
        f1 = (scores.get((part, version.part(part)), "–" if version.part(part) else "") for part in ("lines", "topics"))
        trained = datetime.fromtimestamp(version.created / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        about = (name, digest[:SHORT_DIGEST], *f1, trained, reason)
        rows.append((str(version.number), " ".join(version.aliases), *about))
    return table(header, rows)


def utc_now() -> str:
    """The time as people write it down."""
    return datetime.now(UTC).isoformat(sep=" ", timespec="microseconds")
