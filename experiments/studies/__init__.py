"""Measurements of the product, each a command: `python -m locbao.experiments.studies.ROOM.NAME`."""
