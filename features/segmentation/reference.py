"""underthesea itself: for what cannot be told from its weights alone, and where its files are not the known ones."""

import logging
import re
from collections.abc import Callable, Sequence
from typing import cast

from locbao.features.segmentation.model_files import UndertheseaMissing, WordModel
from locbao.features.segmentation.word_tokens import LONE_SURROGATE, LONGEST_RUN

_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")
_LONG_MARKS = re.compile(r"[^\w\s]{12}(?=[^\w\s])")  # its pattern takes 2**n steps for `http://` before n dots


class Tagger:
    """The tagger of underthesea: the same labels, slowly, one sequence at a time."""

    def __init__(self, model: WordModel) -> None:
        from underthesea_core import CRFFeaturizer, CRFTagger

        self._featurizer, self._tagger = CRFFeaturizer(model.templates, model.dictionary), CRFTagger()
        self._tagger.load(str(model.file))

    def labels(self, tokens: Sequence[str]) -> list[str]:
        """The label of each token."""
        labels: list[str] = self._tagger.tag(self._featurizer.process([[[token] for token in tokens]])[0])
        return labels


def word_tokenize() -> Callable[[str], list[str]]:
    """underthesea's own function. Importing it configures the root logger, which is put back as it was.

    Raises UndertheseaMissing.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        from underthesea import word_tokenize as reference
    except ModuleNotFoundError as error:
        raise UndertheseaMissing from error
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    return cast(Callable[[str], list[str]], reference)


def reference_texts(lines: Sequence[str]) -> list[str]:
    """The words of each line from `underthesea.word_tokenize`, with a space between them. Raises UndertheseaMissing."""
    split = word_tokenize()
    for pattern, instead in ((LONE_SURROGATE, "\ufffd"), (_LONG_MARKS, r"\g<0> "), (_LONG_RUN, r"\g<0> ")):
        lines = [pattern.sub(instead, line) for line in lines]
    return [" ".join(word.lower().replace(" ", "_") for word in split(line)) for line in lines]
