"""Labelling by people: drafts, what to label first, mistakes, agreement, and the way to other tools and back."""
