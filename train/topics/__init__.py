"""Training of topics."""
