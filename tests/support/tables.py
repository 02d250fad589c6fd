"""Tables of Markdown, taken apart."""


def cells(text: str) -> list[list[str]]:
    """The cells of all rows of the tables in a text, headings and rulers among them."""
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in text.splitlines() if row.startswith("|")]
