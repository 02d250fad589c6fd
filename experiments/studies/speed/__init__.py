"""Speed beside what does the same."""
