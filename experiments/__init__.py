"""Configurations, ablations and the comparison with other tools."""
