"""Corpora, composed pages, fitting and scoring."""
