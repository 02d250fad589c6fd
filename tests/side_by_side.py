"""Which tests keep to one process where tests run side by side: those of a file, and those that share what is dear."""

from pathlib import PurePath

from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "spark": ("test_spark", "test_spark_cluster"),
    "store of runs": ("test_tracking", "test_promotion", "test_flavour", "test_mlflow_processes"),
}


class SideBySide(LoadFileScheduling):  # type: ignore[misc]
    """Files, some of them as one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((name for name, stems in TOGETHER.items() if PurePath(file).stem in stems), file)
