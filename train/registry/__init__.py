"""Versions of the registered model: compared, promoted, taken back."""
