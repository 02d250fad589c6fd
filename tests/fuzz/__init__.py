"""Inputs of any kind against what the readers promise: in the suite by hypothesis, for minutes by atheris."""
