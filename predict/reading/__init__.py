"""Pages on their way in: files, folders, rows and columns become text."""
