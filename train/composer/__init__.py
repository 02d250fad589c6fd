"""Training pages composed of articles and furniture."""
