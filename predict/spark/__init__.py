"""Labelling on Spark: `locbao.predict.spark.label` for frames; for files, `files.label_files`."""

from locbao.predict.spark.frames import label

__all__ = ("label",)
