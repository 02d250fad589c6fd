"""Labelling on Spark."""
