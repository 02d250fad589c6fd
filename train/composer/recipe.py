"""Every probability of the composer, in one place."""

from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from locbao.train.configuration import Configuration, Count, Listed, Weight, fault


def _ordered(range: tuple[int, int]) -> tuple[int, int]:
    if range[0] > range[1]:
        raise fault(f"{range[0]} is more than {range[1]}", "Give the least first, then the most.")
    return range


def _possible(weights: tuple[float, ...]) -> tuple[float, ...]:
    if not any(weights):
        raise fault("nothing of it can happen", "Give one number at least that is above 0.")
    return weights


Chance = Annotated[float, Field(ge=0, le=1)]
Range = Annotated[tuple[Count, Count], Strict(False), AfterValidator(_ordered)]
"""The least and the most, ends included; a file gives it as a list."""
Numbers = Annotated[Listed[Weight], AfterValidator(_possible)]
"""How often there are 0, 1, 2, … of something, against each other."""


class Recipe(Configuration):
    """How pages are composed. Numbers are chances; pairs of whole numbers are ranges."""

    # The cut of the page; what is left is the article's block alone, from headline to signature.
    whole_page: Chance = 0.45  # with navigation and footer
    main_page: Chance = 0.33  # from the headline to some lines after the article
    main_tail: Range = (12, 60)  # furniture lines kept after the article in such a cut
    closing_line: Chance = 0.5  # an article alone ends with one line of furniture

    # Where an article comes from.
    labelled_article: Chance = 0.7  # out of a labelled page, with its captions in place; else out of loose articles
    photo_story: Chance = 0.08  # an article with many captions, most paragraphs dropped

    # Written furniture.
    own_variant: Chance = 0.6  # a block's text is the drawn layout's own; else that of the same block in any layout
    drop_block: Chance = 0.12  # a block that the layout wants is left out
    shuffle_after: Chance = 0.3  # blocks after the article change places
    repeated_headline: Chance = 0.6  # in one block, plain lines with a headline name the same one
    sticky_headline: Chance = 0.07  # the template repeats the headline just after it, or after the article
    between_blocks: Numbers = (0.35, 0.3, 0.2, 0.1, 0.05)  # blocks inside the content
    related_run: Chance = 0.4  # such a block is a plain run of related headlines instead of the layout's
    own_in_lists: Chance = 0.02  # another headline is the page's own
    cut_teaser: Chance = 0.25  # a teaser ends with an ellipsis
    topical_tag: Chance = 0.6  # a tag is made of the headline's words
    cards_between: Chance = 0.35  # such a block is a run of cards: picture text, headline, teaser, date of others
    cards_after: Chance = 0.5  # a list of cards stands after the article
    cards_before: Chance = 0.05  # … and above its headline
    numbers_after: Chance = 0.12  # a calendar, a table of weather, rates or lots, or a picker stands after the article
    numbers_before: Chance = 0.06  # … and above its headline
    author_twice: Chance = 0.1  # the author's name under the headline, mostly twice: the portrait's text and the name
    after_content: Chance = 0.22  # a block stands right after the last paragraph, before the signature

    # Real furniture, of one site a page.
    real_page: Chance = 0.55  # a page has some
    real_place: Chance = 0.7  # … at each place: before and under the headline, inside and after the article
    real_instead: Chance = 0.7  # … in place of the written blocks there, else beside them
    real_list: Chance = 0.25  # … and a run out of a section page of that site
    real_other_words: Chance = 0.3  # its headlines are replaced by others

    # The article.
    short_article: Chance = 0.12  # one to three paragraphs
    no_lead: Chance = 0.12
    lead_prefix: Chance = 0.12  # "(XYZ) - " and the like before the lead
    glued_place: Chance = 0.03  # a place name runs into the lead's first word, as its own element on the page
    kicker: Chance = 0.05  # beyond those of layouts
    sub_headings: Chance = 0.2  # are added to an article without them
    marked_headings: Chance = 0.25  # the sub-headings of a page have a mark or number
    capital_headings: Chance = 0.15  # the sub-headings added to an article are in capitals
    interview: Chance = 0.04  # questions between the paragraphs
    questioned: Chance = 0.6  # a paragraph of an interview has a question before it
    bullets: Chance = 0.08  # a paragraph becomes a list
    brief: Chance = 0.06  # each sentence is a paragraph of its own
    quote: Chance = 0.05  # a sentence stands out as a quote, with or without its speaker
    verse: Chance = 0.015  # short lines of a poem
    names: Chance = 0.015  # a list of names
    table: Chance = 0.03  # a table with cells, half of them with a title
    end_note: Chance = 0.04  # "* Tên nhân vật đã được thay đổi" and the like
    no_signature: Chance = 0.12
    invented_signature: Chance = 0.45  # the article's own is replaced; one without gets one anyway
    second_signature: Chance = 0.08  # of an invented one

    # Captions.
    keep_credit: Chance = 0.45  # as written; else by one of the policies in captions.py
    no_alternative: Chance = 0.42  # no alternative texts; else by one of the policies in captions.py
    alternative_gap: Chance = 0.45  # a blank line between alternative text and caption
    alternative_after: Chance = 0.08  # it follows the caption
    numbered_alone: Chance = 0.3  # where the alternative text is the headline, it stands without a caption
    plain_title: Chance = 0.3  # an alternative text made of the headline has lost its quotation marks
    several_alternatives: Chance = 0.06  # two or three numbered alternative texts before one caption
    loose_pictures: Chance = 0.12  # blank lines where the page had something before a picture
    skipped_alternative: Chance = 0.12  # single pictures of a page with alternative texts have none
    no_captions: Chance = 0.06  # a page without its captions
    under_headline: Chance = 0.08  # a caption stands before the lead
    video: Chance = 0.04  # "VIDEO: …"
    infographic: Chance = 0.03

    # Blank lines; what is left is as laid out.
    blank_everywhere: Chance = 0.14
    blank_nowhere: Chance = 0.13
    blank_between_blocks: Chance = 0.08  # alone
    blank_extra: Chance = 0.1  # as laid out, and runs of two or three
    tight_content: Chance = 0.12  # as laid out, but no blank lines between paragraphs
    tight_furniture: Chance = 0.3  # as laid out, no blank line after a block of furniture

    # Noise.
    noisy_page: Chance = 0.12  # one to three of the changes in page_lines.py
    wrapped_page: Chance = 0.006  # long lines are broken, as in text of fixed width
