"""Trainings as runs that MLflow keeps."""
