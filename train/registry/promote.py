"""Who becomes the champion: a challenger that is not worse beyond noise, or one with a reason in writing."""

from collections.abc import Sequence
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.train.registry.candidates import of_version
from locbao.train.registry.compare import TOPICS, Comparison, NothingInCommon, compare_models, described, flip_table
from locbao.train.registry.versions import Registry, Version, utc_now

_SHOWN = 100  # flips in the file that is kept with the run; the CSV beside it has all


class PromotionRefused(LocbaoError):
    """The champion stays."""


def compare_with_champion(
    registry: Registry, version: Version, corpora: Sequence[Path], *, force: bool = False
) -> Comparison | None:
    """The version against the champion, if there is one; with `force` also None if nothing can be compared.

    Raises CorpusError; without `force` NothingInCommon.
    """
    if not (champion := registry.champion()):
        return None
    try:
        return compare_models(of_version(registry, champion), of_version(registry, version), corpora)
    except NothingInCommon:
        if not force:
            raise
        return None


def promote(
    registry: Registry, version: Version, comparison: Comparison | None, *, force: bool = False, why: str = ""
) -> tuple[Version | None, str]:
    """Moves the alias `champion` to the version, with the reason in its tags and what changed beside its run.

    Returns the champion before, if there was one, and the reason. `comparison` is with the present champion, None if
    there was nothing to compare them on.
    Raises TrackingError; without `force` PromotionRefused: worse beyond noise, without a topic, or not to be judged.
    """
    champion = registry.champion()
    objection = _objection(version, champion, comparison) if champion else ""
    if champion and objection and not force:
        raise PromotionRefused(
            f"{version} was not promoted and {champion} stays the champion: {objection}. "
            "To promote it all the same, and say why: --force --why TEXT"
        )
    verdict = f"not worse beyond noise on {comparison.judged}" if comparison else ""
    if not champion:
        reason = f"the first champion{f': {why}' if why else ''}"
    elif objection:
        reason = why
    else:
        reason = f"{why} ({verdict})" if why else verdict
    notes = {"at": utc_now(), "over": str(champion.number) if champion else "none", "reason": reason}
    if objection:
        notes["forced"] = objection
    if comparison and champion:
        name = f"promotion/over_version_{champion.number}"
        text = described(comparison, _SHOWN)
        changes = flip_table(comparison.flips).as_csv().decode()
        registry.keep(version, {f"{name}.md": f"{text}\n\n{reason}\n", f"{name}.csv": changes})
    registry.set_champion(version, notes)
    return champion, reason


def _objection(version: Version, champion: Version, comparison: Comparison | None) -> str:
    """What speaks against the challenger; nothing if it may be promoted."""
    if lacking := sorted(champion.topics - version.topics):
        return f"it does not know {', '.join(lacking)} (locbao train topics CORPUS --base MODEL adds topics to a model)"
    if comparison is None:
        return "there is nothing to judge it by: no page or article that both were scored on in their trainings"
    if comparison.worse:
        return f"worse beyond noise in {', '.join(map(str, comparison.worse))}"
    if comparison.remembered:
        return f"{' and '.join(comparison.remembered)} learned from what it was to be judged by"
    judged = {"topics" if each.group == TOPICS else "lines" for each in comparison.differences}
    for part in ("lines", "topics"):
        digest, old_digest = version.part(part), champion.part(part)
        if part not in judged and digest and old_digest and digest != old_digest:
            return f"its {part} are not those of the champion, and there is nothing to judge them by (give a CORPUS)"
    return ""
