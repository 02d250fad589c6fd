"""Labelled pages and articles, read from files."""
