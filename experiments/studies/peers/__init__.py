"""Other tools that keep or drop parts of a page, on the same pages."""
