"""Plans of experiments, their trials, and the report of what came of them."""
