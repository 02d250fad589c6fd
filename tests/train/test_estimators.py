"""The models of lines and topics among scikit-learn's tools."""

import doctest

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MultiLabelBinarizer

from locbao import LineLabeller, TopicClassifier
from locbao.train import estimators
from locbao.train.configuration import ConfigError
from locbao.train.corpus.corpus_files import CorpusError, example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.corpus.topic_articles import read_topic_corpus, topic_files

PAGES = read_corpus(example_corpus()[:3])
X = [list(page.lines) for page in PAGES]
Y = [list(page.labels) for page in PAGES]
ARTICLES = read_topic_corpus(topic_files(()))
TEXTS = [list(article.sentences) for article in ARTICLES]
TOPICS = ("asean", "border_security", "drug_crime")
CARRIED = MultiLabelBinarizer(classes=TOPICS).fit_transform([article.topics for article in ARTICLES])


def test_the_examples_of_the_docstrings_run() -> None:
    results = doctest.testmod(estimators)
    assert (results.attempted, results.failed) == (9, 0)


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
    with pytest.raises(ValueError, match="X must have a page"):
        LineLabeller().fit([], [])
    with pytest.raises(ValueError, match="a label for each line"):
        LineLabeller().fit(X, Y[1:])
    with pytest.raises(ValueError, match="not 'title'"):
        LineLabeller().fit([["tin"]], [["title"]])


def test_a_page_that_is_one_text_is_refused() -> None:
    labeller = LineLabeller(words=50, second_pass=False)
    for pages in ("Trang chủ", ["Trang chủ\nBản Nà"]):
        with pytest.raises(TypeError, match=r"a list of lines, not one str: give page\.splitlines\(\)"):
            labeller.fit(pages, [["sidebar"]])


@pytest.mark.parametrize(
    ("estimator", "y", "message"),
    [
        (
            LineLabeller().set_params(words="many"),
            Y,
            "LineLabeller: words: 'many' is of the wrong type. It should be a whole number",
        ),
        (LineLabeller(strength=0.0), Y, "LineLabeller: strength: 0.0 is too small"),
        (
            TopicClassifier(tokens="letters"),
            CARRIED,
            "TopicClassifier: tokens: unknown 'letters'. Use one of syllables",
        ),
    ],
)
def test_parameters_that_cannot_be_are_refused(estimator: BaseEstimator, y: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        estimator.fit(X if y is Y else TEXTS, y)


def test_parameters_may_be_scalars_of_numpy() -> None:
    labeller = LineLabeller().set_params(words=np.int64(50), second_pass=np.bool_(False))
    assert labeller.fit(X, Y).predict([[""]]) == [["sidebar"]]


def test_topics_are_held_out_in_a_pipeline() -> None:
    pipeline = make_pipeline(FunctionTransformer(), TopicClassifier(TOPICS, least=10))
    groups = [article.group for article in ARTICLES]
    scoring = {"f1": "f1_macro", "precision": "average_precision", "own": lambda fitted, X, y: fitted.score(X, y)}
    scores = cross_validate(pipeline, TEXTS, CARRIED, groups=groups, cv=GroupKFold(3), scoring=scoring)
    for name, chance in {"f1": 0.35, "precision": 0.25, "own": 0.4}.items():  # about what guessing gets
        assert scores[f"test_{name}"].min() > chance + 0.2, name


def test_articles_are_texts_or_lines_and_topics_any_matrix() -> None:
    classifier = clone(TopicClassifier(TOPICS, phrase=1, strength=5.0, least=10))
    assert classifier.get_params()["strength"] == 5.0
    with pytest.raises(NotFittedError):
        classifier.predict(TEXTS)
    by_lines = classifier.fit(TEXTS, CARRIED).predict_proba(TEXTS)
    joined = ["\n".join(lines) for lines in TEXTS]
    assert classifier.classes_.tolist() == list(TOPICS)
    assert np.array_equal(by_lines, clone(classifier).fit(joined, sp.csr_matrix(CARRIED)).predict_proba(joined))
    assert classifier.predict(["", []]).tolist() == [[0, 0, 0]] * 2
    assert classifier.predict_proba([]).shape == (0, 3)
    with pytest.raises(TypeError, match="not one str"):
        classifier.predict(joined[0])


def test_topics_that_do_not_fit_are_refused_and_few_articles_warned_of() -> None:
    for wrong in (CARRIED[1:], CARRIED[:, 0], 2 * CARRIED):
        with pytest.raises(ValueError, match="a column for each topic"):
            TopicClassifier().fit(TEXTS, wrong)
    with pytest.raises(ValueError, match="each of the 3 columns"):
        TopicClassifier(("asean",)).fit(TEXTS, CARRIED)
    with pytest.warns(UserWarning, match="not calibrated: 3 articles with it"):
        TopicClassifier().fit(["Lúa chín."] * 3 + ["Mận chín."] * 3, [[1]] * 3 + [[0]] * 3)


@pytest.mark.filterwarnings("ignore:.*not calibrated")
def test_a_topic_of_no_article_is_given_to_none() -> None:
    classifier = TopicClassifier("harvest").fit(["Lúa chín."] * 3 + ["Mận chín."] * 3, [[0]] * 6)
    assert classifier.predict_proba(["Lúa chín.", ""]).tolist() == [[pytest.approx(1 / 8)], [0.0]]
    assert classifier.predict(["Lúa chín."]).tolist() == [[0]]


def test_what_leaves_nothing_to_learn_from_is_refused() -> None:
    articles, carried = ["Lúa chín."] * 3 + ["Mận chín."] * 3, [[1]] * 3 + [[0]] * 3
    with pytest.raises(CorpusError, match=r"no phrase stands in 1,000 sentences, and the topic has no rules"):
        TopicClassifier(rarest=1000).fit(articles, carried)
    with pytest.raises(ConfigError, match="seed: 4294967296 is too large"):
        TopicClassifier(seed=2**32).fit(articles, carried)
