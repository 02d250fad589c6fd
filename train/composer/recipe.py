"""Every probability of the composer, in one place."""

from typing import Annotated

from pydantic import Strict

from locbao.train.configuration import Configuration, Listed

Range = Annotated[tuple[int, int], Strict(False)]
"""The least and the most, ends included; a file gives it as a list."""


class Recipe(Configuration):
    """How pages are composed. Numbers are chances; pairs of whole numbers are ranges."""

    # The cut of the page; what is left is the article's block alone, from headline to signature.
    whole_page: float = 0.45  # with navigation and footer
    main_page: float = 0.33  # from the headline to some lines after the article
    main_tail: Range = (12, 60)  # furniture lines kept after the article in such a cut
    closing_line: float = 0.5  # an article alone ends with one line of furniture

    # Where an article comes from.
    labelled_article: float = 0.7  # out of a labelled page, with its captions in place; else out of loose articles
    photo_story: float = 0.08  # an article with many captions, most paragraphs dropped

    # Written furniture.
    own_variant: float = 0.6  # a block's text is the drawn layout's own; else that of the same block in any layout
    drop_block: float = 0.12  # a block that the layout wants is left out
    shuffle_after: float = 0.3  # blocks after the article change places
    repeated_headline: float = 0.6  # in one block, plain lines with a headline name the same one
    sticky_headline: float = 0.07  # the template repeats the headline just after it, or after the article
    between_blocks: Listed[float] = (0.35, 0.3, 0.2, 0.1, 0.05)  # chances of 0, 1, 2, … blocks inside the content
    related_run: float = 0.4  # such a block is a plain run of related headlines instead of the layout's
    own_in_lists: float = 0.02  # another headline is the page's own
    cut_teaser: float = 0.25  # a teaser ends with an ellipsis
    topical_tag: float = 0.6  # a tag is made of the headline's words
    cards_between: float = 0.35  # such a block is a run of cards: picture text, headline, teaser, date of others
    cards_after: float = 0.5  # a list of cards stands after the article
    cards_before: float = 0.05  # … and above its headline
    numbers_after: float = 0.12  # a calendar, a table of weather, rates or lots, or a picker stands after the article
    numbers_before: float = 0.06  # … and above its headline
    author_twice: float = 0.1  # the author's name under the headline, mostly twice: the portrait's text and the name
    after_content: float = 0.22  # a block stands right after the last paragraph, before the signature

    # Real furniture, of one site a page.
    real_page: float = 0.55  # a page has some
    real_place: float = 0.7  # … at each place: before and under the headline, inside and after the article
    real_instead: float = 0.7  # … in place of the written blocks there, else beside them
    real_list: float = 0.25  # … and a run out of a section page of that site
    real_other_words: float = 0.3  # its headlines are replaced by others

    # The article.
    short_article: float = 0.12  # one to three paragraphs
    no_lead: float = 0.12
    lead_prefix: float = 0.12  # "(XYZ) - " and the like before the lead
    glued_place: float = 0.03  # a place name runs into the lead's first word, as its own element on the page
    kicker: float = 0.05  # beyond those of layouts
    sub_headings: float = 0.2  # are added to an article without them
    marked_headings: float = 0.25  # the sub-headings of a page have a mark or number
    capital_headings: float = 0.15  # the sub-headings added to an article are in capitals
    interview: float = 0.04  # questions between the paragraphs
    questioned: float = 0.6  # a paragraph of an interview has a question before it
    bullets: float = 0.08  # a paragraph becomes a list
    brief: float = 0.06  # each sentence is a paragraph of its own
    quote: float = 0.05  # a sentence stands out as a quote, with or without its speaker
    verse: float = 0.015  # short lines of a poem
    names: float = 0.015  # a list of names
    table: float = 0.03  # a table with cells, half of them with a title
    end_note: float = 0.04  # "* Tên nhân vật đã được thay đổi" and the like
    no_signature: float = 0.12
    invented_signature: float = 0.45  # the article's own is replaced; one without gets one anyway
    second_signature: float = 0.08  # of an invented one

    # Captions.
    keep_credit: float = 0.45  # as written; else by one of the policies in captions.py
    no_alternative: float = 0.42  # no alternative texts; else by one of the policies in captions.py
    alternative_gap: float = 0.45  # a blank line between alternative text and caption
    alternative_after: float = 0.08  # it follows the caption
    numbered_alone: float = 0.3  # where the alternative text is the headline, it stands without a caption
    plain_title: float = 0.3  # an alternative text made of the headline has lost its quotation marks
    several_alternatives: float = 0.06  # two or three numbered alternative texts before one caption
    loose_pictures: float = 0.12  # blank lines where the page had something before a picture
    skipped_alternative: float = 0.12  # single pictures of a page with alternative texts have none
    no_captions: float = 0.06  # a page without its captions
    under_headline: float = 0.08  # a caption stands before the lead
    video: float = 0.04  # "VIDEO: …"
    infographic: float = 0.03

    # Blank lines; what is left is as laid out.
    blank_everywhere: float = 0.14
    blank_nowhere: float = 0.13
    blank_between_blocks: float = 0.08  # alone
    blank_extra: float = 0.1  # as laid out, and runs of two or three
    tight_content: float = 0.12  # as laid out, but no blank lines between paragraphs
    tight_furniture: float = 0.3  # as laid out, no blank line after a block of furniture

    # Noise.
    noisy_page: float = 0.12  # one to three of the changes in page_lines.py
    wrapped_page: float = 0.006  # long lines are broken, as in text of fixed width
