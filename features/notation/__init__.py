"""How a page is written down: marks of Markdown, what a crawler puts above it, which element a line is."""
