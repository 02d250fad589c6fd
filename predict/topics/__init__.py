"""The topic model, and how many articles of a batch carry a topic."""
