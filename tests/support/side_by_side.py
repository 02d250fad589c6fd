"""Which tests keep to one process where tests run side by side: those of a file, and of files that share something."""

from pathlib import PurePath

from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "Spark": ("test_spark", "test_spark_cluster", "test_spark_mlflow"),
    "changes to the store of runs": ("test_tracking", "test_promotion"),
}


class SideBySide(LoadFileScheduling):  # type: ignore[misc]
    """Files, some of them as one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((name for name, stems in TOGETHER.items() if PurePath(file).stem in stems), file)
