"""The line model: its two passes, headlines, and what the other pages of a site tell."""
