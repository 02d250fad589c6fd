"""The line model among scikit-learn's tools."""

import doctest

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from locbao import LineLabeller
from locbao.train import estimators
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus

PAGES = read_corpus(example_corpus()[:3])
X = [list(page.lines) for page in PAGES]
Y = [list(page.labels) for page in PAGES]


def test_the_example_of_the_docstring_runs() -> None:
    results = doctest.testmod(estimators)
    assert (results.attempted, results.failed) == (4, 0)


def test_sites_are_held_out_in_a_pipeline() -> None:
    pipeline = make_pipeline(FunctionTransformer(), LineLabeller(words=200))
    scores = cross_val_score(pipeline, X, Y, groups=[page.site for page in PAGES], cv=GroupKFold(3))
    labels = [label for page in Y for label in page if label]
    assert scores.mean() > labels.count("sidebar") / len(labels) + 0.05


def test_parameters_are_cloned_and_probabilities_fit_the_lines() -> None:
    labeller = clone(LineLabeller(words=100, second_pass=False))
    assert labeller.get_params() == {"words": 100, "word_sources": 2, "second_pass": False, "strength": 1.0}
    with pytest.raises(NotFittedError):
        labeller.predict(X)
    [probabilities] = labeller.fit(X, Y).predict_proba([["", *X[0]]])
    assert probabilities.shape == (len(X[0]) + 1, 3)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert labeller.predict([[""]]) == [["sidebar"]]


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="a label for each line"):
        LineLabeller().fit(X, Y[1:])
    with pytest.raises(ValueError, match="not 'title'"):
        LineLabeller().fit([["tin"]], [["title"]])
