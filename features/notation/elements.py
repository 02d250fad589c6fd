"""What element of HTML or Markdown a line is, where that says more than its text: a heading of the first level is an
article's headline as a rule, and no sentence of an article is the alternative text of a picture."""

TEXT, HEADING, PICTURE = range(3)
ELEMENTS = ("text", "heading", "picture")
"""The elements by number. Lower headings are text, and so is a line that is a link, whatever it is besides."""
