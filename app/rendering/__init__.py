"""Labelled pages and reports for the eye: terminal and HTML."""
