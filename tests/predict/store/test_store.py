"""Model folders: what was saved comes back, and nothing else is let in (more in test_save.py and test_audit.py)."""

import json
import os
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locbao.experiments.studies.hostile.folders import reseal
from locbao.features.errors import LocbaoError
from locbao.predict.store import manifest as manifests
from locbao.predict.store.folder import read, save
from locbao.predict.store.from_mlflow import import_mlflow
from locbao.predict.store.manifest import NotAModel, UnreadableModel
from locbao.predict.store.schema import UnfitPart, check
from tests.predict.store.small_model import MANIFEST, parts


@pytest.mark.parametrize("steps", [[0.5, 0.1], [0.1, 0.1]])
def test_steps_of_site_memory_ascend(steps: list[float]) -> None:
    with pytest.raises(UnfitPart, match=r"site\.joblib/steps do not ascend"):
        check({"site": {"steps": steps, "weights": np.array([1.0, 2.0])}})


def test_what_a_user_has_set_for_mlflow_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "7")
    import_mlflow("models:/locbao")
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "7"
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize("topics", [(), ("flood", "drought"), ("drought",)])
def test_the_manifest_names_the_topics_of_the_part(tmp_path: Path, topics: tuple[str, ...]) -> None:
    manifest = {**MANIFEST, "topics": {topic: {"data": []} for topic in topics}}
    with pytest.raises(UnreadableModel, match=r"does not name the topics of topics\.joblib"):
        save(tmp_path / "model", parts(), manifest, "# Card\n")


def test_files_that_are_too_large_together_are_refused(tmp_path: Path) -> None:
    entry = {"sha256": "", "size": manifests.MAX_FILES * 2 // 3}
    about = {**MANIFEST, "format": manifests.FORMAT, "versions": {}}
    files = {"lines.joblib": entry, manifests.CARD: {"sha256": "", "size": 0}}
    assert manifests.parse(manifests.seal({**about, "files": files})[1], tmp_path)["files"] == files
    with pytest.raises(UnreadableModel, match="bytes together"):
        manifests.parse(manifests.seal({**about, "files": {**files, "topics.joblib": entry}})[1], tmp_path)


def test_what_is_saved_comes_back(folder: Path) -> None:
    stored = read(folder)
    np.testing.assert_equal(stored.parts, parts())
    assert stored.parts["lines"]["first"]["weights"].dtype == np.float32
    assert stored.manifest["labels"] == MANIFEST["labels"]


def test_joblib_reads_the_parts_too(folder: Path) -> None:
    np.testing.assert_equal(joblib.load(folder / "lines.joblib"), parts()["lines"])


def test_same_training_same_bytes(folder: Path, tmp_path: Path) -> None:
    digest = save(tmp_path / "again", parts(), MANIFEST, "# Card\n")
    assert digest == read(folder).digest
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


def test_a_model_that_was_read_can_be_saved_again(folder: Path, tmp_path: Path) -> None:
    stored = read(folder)
    save(tmp_path / "copy", stored.parts, stored.manifest, "# Card\n")
    assert sorted(read(tmp_path / "copy").parts) == ["lines", "site", "topics"]


# Changed folders


@pytest.mark.parametrize("name", ["manifest.json", "lines.joblib", "topics.joblib", "MODEL_CARD.md"])
def test_one_changed_byte_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(UnreadableModel, match=str(folder)) as caught:
        read(folder)
    assert ("its manifest" if name == "manifest.json" else f"{name} is not the file that was saved") in str(
        caught.value
    )
    assert caught.value.folder == folder


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bits_are_refused(folder: Path, data: st.DataObject) -> None:
    path = folder / data.draw(st.sampled_from(sorted(p.name for p in folder.iterdir())))
    whole = path.read_bytes()
    place, mask = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :])
    try:
        with pytest.raises(LocbaoError):
            read(folder)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["lines.joblib", "MODEL_CARD.md"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UnreadableModel, match=f"{name} is missing"):
        read(folder)


@pytest.mark.parametrize("name", ["extra.joblib", "site.joblib.", ".hidden", "lines.joblib.bak", "folder/"])
def test_an_unlisted_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).mkdir() if name.endswith("/") else (folder / name).write_text("x")
    with pytest.raises(UnreadableModel, match=f"does not list: '{name.rstrip('/')}'"):
        read(folder)


def test_a_longer_file_is_not_even_read(folder: Path) -> None:
    with open(folder / "lines.joblib", "r+b") as file:
        file.truncate(2**40)  # a hole, no blocks on the disk
    with pytest.raises(UnreadableModel, match="bytes"):
        read(folder)


def test_links_and_pipes_are_not_opened(folder: Path, tmp_path: Path) -> None:
    (folder / "topics.joblib").rename(tmp_path / "elsewhere")
    (folder / "topics.joblib").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnreadableModel, match="plain file"):
        read(folder)
    (folder / "topics.joblib").unlink()
    os.mkfifo(folder / "topics.joblib")
    with pytest.raises(UnreadableModel, match="regular"):
        read(folder)


def test_no_model_there(tmp_path: Path) -> None:
    for place, reason in (
        (tmp_path / "no", "does not exist"),
        (tmp_path, "no manifest.json"),
        (Path(__file__), "folder"),
    ):
        with pytest.raises(NotAModel, match=reason):
            read(place)


# Manifests


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, '{"format": NaN}', '{"format": "1"}', '{"a": "\ud800"}', "\0"]
)
def test_a_manifest_that_is_no_json_of_ours(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UnreadableModel, match="its manifest"):
        read(folder)


@pytest.mark.parametrize(("number", "hint"), [(manifests.FORMAT + 1, "pip install -U"), (0, "locbao train lines")])
def test_another_format_number(folder: Path, number: int, hint: str) -> None:
    reseal(folder, format=number)
    with pytest.raises(UnreadableModel, match=hint):
        read(folder)


@pytest.mark.parametrize(
    "name",
    ["../lines.joblib", "/etc/passwd", "a/../../b.joblib", "..", "", "con\0.joblib", "LINES.joblib", "manifest.json"],
)
def test_file_names_that_lead_elsewhere(folder: Path, name: str) -> None:
    files = json.loads((folder / "manifest.json").read_text())["files"]
    reseal(folder, files={**files, name: files["lines.joblib"]})
    with pytest.raises(UnreadableModel, match="no name for a file"):
        read(folder)


@pytest.mark.parametrize(
    "changes", [{"files": []}, {"files": {"MODEL_CARD.md": 5}}, {"versions": {"numpy": 2}}, {"name": 1}]
)
def test_sealed_nonsense(folder: Path, changes: dict[str, Any]) -> None:
    reseal(folder, **changes)
    with pytest.raises(UnreadableModel):
        read(folder)


def test_the_versions_that_wrote_a_model_do_not_matter(folder: Path) -> None:
    reseal(folder, versions={"numpy": "1.26.4", "scikit-learn": "1.3.2", "python": "4.0"})
    assert read(folder).manifest["versions"]["scikit-learn"] == "1.3.2"


def test_the_name_belongs_to_what_the_digest_covers(folder: Path, tmp_path: Path) -> None:
    assert save(tmp_path / "other", parts(), {**MANIFEST, "name": "other"}, "# Card\n") != read(folder).digest
