"""Labelled pages on their way out: rows, text, Parquet, and where they are put."""
