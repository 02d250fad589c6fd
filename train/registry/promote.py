"""Who becomes the champion: a challenger that is not worse beyond noise, or one with a reason in writing."""

from collections.abc import Sequence
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.train.registry.candidates import of_version, unregistered
from locbao.train.registry.compare import TOPICS, Comparison, NothingInCommon, compare_models, described, flip_table
from locbao.train.registry.versions import Registry, Version, utc_now

_SHOWN = 100  # flips in the file that is kept with the run; the CSV beside it has all


class PromotionRefused(LocbaoError):
    """The champion stays."""


def compare_with_champion(
    registry: Registry, version: Version, corpora: Sequence[Path], *, force: bool = False
) -> Comparison | None:
    """The version against the champion; where there is none, against the shipped model, if there are `corpora`.

    None if there is neither, with `force` also if nothing can be compared. Raises CorpusError; without `force`
    NothingInCommon.
    """
    champion = registry.champion()
    if not champion and not corpora:
        return None
    old = of_version(registry, champion) if champion else unregistered("shipped", "the shipped model")
    try:
        return compare_models(old, of_version(registry, version), corpora)
    except NothingInCommon:
        if not force:
            raise
        return None


def promote(
    registry: Registry, version: Version, comparison: Comparison | None, *, force: bool = False, why: str = ""
) -> tuple[Version | None, str]:
    """Moves the alias `champion` to the version, with the reason in its tags and what changed beside its run.

    Returns the champion before, if there was one, and the reason. `comparison` is that of `compare_with_champion`.
    Raises TrackingError; without `force` PromotionRefused: worse beyond noise, without a topic, or not to be judged.
    """
    champion = registry.champion()
    objection = _objection(version, champion, comparison) if champion or comparison else ""
    if objection and not force:
        stays = f"{champion} stays the champion" if champion else "there is still no champion"
        raise PromotionRefused(
            f"{version} was not promoted and {stays}: {objection}. "
            "To promote it all the same, and say why: --force --why TEXT"
        )
    against = "" if champion else ", against the shipped model"
    verdict = f"not worse beyond noise on {comparison.judged}{against}" if comparison and not objection else ""
    if not champion:
        why = f"the first champion: {why}" if why else "the first champion"
    reason = f"{why} ({verdict})" if why and verdict else why or verdict
    notes = {"at": utc_now(), "over": str(champion.number) if champion else "none", "reason": reason}
    if objection:
        notes["forced"] = objection
    if comparison:
        name = f"promotion/over_{f'version_{champion.number}' if champion else 'shipped'}"
        text = described(comparison, _SHOWN)
        changes = flip_table(comparison.flips).as_csv().decode()
        registry.keep(version, {f"{name}.md": f"{text}\n\n{reason}\n", f"{name}.csv": changes})
    registry.set_champion(version, notes)
    return champion, reason


def _objection(version: Version, champion: Version | None, comparison: Comparison | None) -> str:
    """What speaks against the challenger; nothing if it may be promoted."""
    if champion and (lacking := sorted(champion.topics - version.topics)):
        return f"it does not know {', '.join(lacking)} (locbao train topics CORPUS --base MODEL adds topics to a model)"
    if comparison is None:
        return "there is nothing to judge it by: no page or article that both were scored on in their trainings"
    if comparison.worse:
        return f"worse beyond noise in {', '.join(map(str, comparison.worse))}"
    if comparison.remembered:
        return f"{' and '.join(comparison.remembered)} learned from what it was to be judged by"
    judged = {"topics" if each.group == TOPICS else "lines" for each in comparison.differences}
    for part in ("lines", "topics"):
        digest, old_digest = version.part(part), champion.part(part) if champion else None
        if part not in judged and digest and old_digest and digest != old_digest:
            return f"its {part} are not those of the champion, and there is nothing to judge them by (give a CORPUS)"
    return ""
