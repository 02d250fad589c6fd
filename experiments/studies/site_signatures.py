"""What becomes of the signatures of articles, which are body and yet stand on many pages of their newspaper."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from locbao.features.arrays import FloatArray
from locbao.features.labels import BODY, SIDEBAR
from locbao.features.page import Page
from locbao.predict.sites import as_shares, reached
from locbao.train.composer.material import site_key
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage
from locbao.train.evaluation.tables import table
from locbao.train.lines.site_fit import STEPS, SiteExample, fit_weights

KIND = "author"  # of a line of the newspapers' pages
LEAST = 20  # pages of a newspaper that tell something
LONGEST = 8  # words of a signature
COUNTS = (1, 2, 4, 8)  # pages, where plain counts are the steps

_Seen = list[tuple[int, int]]  # for each signature: other pages that it stands on, other pages that there are


def signature_table(scored: ByStyle, newspapers: Sequence[CorpusPage], told: Sequence[SiteExample]) -> str:
    """Labelled signatures, each set among other pages as the signatures of real newspapers are: how many are lost."""
    seen, odds = coming_back(newspapers), np.array([*map(_odds, _signatures(scored))])
    counts = np.array([count for count, _ in seen])
    shares = np.array([as_shares(np.array([count]), pages)[0] for count, pages in seen])
    again = counts > 0
    lead = (
        f"Of {len(seen):,} signatures on the pages of newspapers with {LEAST} pages or more, {again.mean():.0%} stand "
        f"on other pages of theirs; {(shares[again] < STEPS[0]).mean():.0%} of these on fewer than {STEPS[0]:.0%} of "
        f"the pages, {(shares[again] < STEPS[1]).mean():.0%} on fewer than {STEPS[1]:.0%}. Here are the {len(odds)} "
        "signatures of the labelled pages that the line model finds on sites left out, each set among other pages as "
        "often as those of the newspapers are: how many of them site memory takes for furniture, as it is and with "
        f"plain counts of pages (steps {', '.join(map(str, COUNTS))}) fitted on the same lines."
    )
    by_count = [_counted(one) for one in told]
    rows = [
        ["by share of the site's pages", _lost(odds, reached(shares, np.array(STEPS)) @ fit_weights(told))],
        ["by plain counts of pages", _lost(odds, reached(counts, np.array(COUNTS)) @ fit_weights(by_count, COUNTS))],
    ]
    return f"{lead}\n\n{table(['evidence', 'signatures lost'], rows)}"


def coming_back(newspapers: Sequence[CorpusPage]) -> _Seen:
    """How often each signature stands on other pages of its newspaper."""
    result: _Seen = []
    for _, own in groupby(sorted(newspapers, key=lambda page: site_key(page.site)), lambda page: site_key(page.site)):
        pages = [_of_kind(page) for page in own]
        known = Counter(line for lines in pages for line in set(lines))
        if len(pages) >= LEAST:
            result += [(known[line] - 1, len(pages) - 1) for lines in pages for line in lines]
    return result


def _of_kind(page: CorpusPage) -> list[str]:
    chosen = [text for text, kind in zip(page.lines, page.kinds, strict=True) if kind == KIND]
    return list(Page.from_lines(chosen).lines)


def _signatures(scored: ByStyle) -> list[FloatArray]:
    """Probabilities (3,) of the short lines at the end of each article that are found to be body."""
    return [row for style in ("full", "article") for page in scored.get(style, ()) for row in _last_lines(page)]


def _last_lines(page: ScoredPage) -> list[FloatArray]:
    body = [place for place, label in enumerate(page.truth) if label == "body"][-2:]
    short = [place for place in body if len(page.texts[place].split()) <= LONGEST]
    return [page.probabilities[place] for place in short if page.probabilities[place].argmax() == BODY]


def _odds(probabilities: FloatArray) -> float:
    """Log-odds of body against sidebar."""
    body, sidebar = probabilities[[BODY, SIDEBAR]].clip(1e-6)
    return float(np.log(body / sidebar))


def _counted(told: SiteExample) -> SiteExample:
    """With plain counts of pages in place of shares."""
    return SiteExample(told.page, told.others, (told.shares * (told.others + 1)).round(), told.weight)


def _lost(odds: FloatArray, gained: FloatArray) -> str:
    return f"{(gained[None, :] > odds[:, None]).mean():.1%}"
