"""What a topic model sees of a sentence and of an article."""
