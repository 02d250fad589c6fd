"""Leave-one-site-out: what is scored has left no trace in what scores it; and temperature scaling."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.page import Batch
from locbao.predict.lines.headline import HEADLINE_WEIGHTS, HeadlineModel, with_headlines, with_no_body_above
from locbao.predict.lines.line_model import LineModel, softmax
from locbao.train.composer.compose import ComposedPage
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import Sources
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ByStyle
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import fit_temperature, leave_site_out, make_folds, scored_pages
from locbao.train.lines.fit import LineTrainer, site_parts
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import Sample, Samples, capped, composed_sample, labelled_sample
from tests.support.village import labelled, real_page, village_layouts

SITES = ("lang", "nui", "song", "dong")
CONFIG = LineConfig(composed=30, words=60, word_sources=1, iterations=5)
PAGES = tuple(real_page(number, site) for site in SITES for number in range(3))
MARK = "zq"  # no Vietnamese word


def composed(pages: Sequence[CorpusPage]) -> list[ComposedPage]:
    """Pages composed of these; every second one has real furniture."""
    sources = Sources(tuple(pages), (), (), (), tuple(village_layouts()))
    return sources.compose(CONFIG.composed, CONFIG.seed, Recipe(real_page=0.5))


def samples(pages: Sequence[CorpusPage]) -> list[Sample]:
    return [*(labelled_sample(page, 10.0) for page in pages), *map(composed_sample, composed(pages))]


def folds_of(pages: Sequence[CorpusPage], config: LineConfig = CONFIG) -> list[frozenset[str]]:
    return make_folds(pages, config)


def scored_out_of_site(items: Sequence[Sample]) -> dict[str, FloatArray]:
    """The log probabilities of each site's lines."""
    trainer = LineTrainer(Samples(tuple(items)), CONFIG)
    scored = leave_site_out(trainer, PAGES, folds_of(PAGES), 1, lambda told: None).scored
    pages = scored["full"]
    assert [page.id for page in pages] == [page.id for page in PAGES]
    return {site: np.log(np.concatenate([p.probabilities for p in pages if p.site == site])) for site in SITES}


def same_but_for_the_temperature(left: FloatArray, right: FloatArray) -> bool:
    """Whether two sets of log probabilities come from the same scores. The temperature, one number a fold, is fitted on
    the other sites' pages, whose models may differ; so is what makes a line the headline, which changes caption and
    sidebar alike."""
    one, two = (logs[:, 1:] - logs[:, 1:].mean(axis=1, keepdims=True) for logs in (left, right))
    return np.allclose(one * np.abs(two).sum(), two * np.abs(one).sum(), rtol=1e-6, atol=1e-3)


class TestHeldOut:
    def test_absurd_labels_of_a_site_do_not_reach_its_own_scores(self) -> None:
        """All samples that touch the site, composed ones too, teach the wrong label."""
        clean = samples(PAGES)
        poisoned = [replace(s, labels=(s.labels + 1) % 3) if "nui" in s.sites else s for s in clean]
        assert sum("nui" in sample.sites for sample in clean[len(PAGES) :]) > 2
        before, after = scored_out_of_site(clean), scored_out_of_site(poisoned)
        assert same_but_for_the_temperature(before["nui"], after["nui"])
        for site in ("lang", "song", "dong"):
            assert not same_but_for_the_temperature(before[site], after[site])

    def test_no_word_of_the_site_alone_is_known(self) -> None:
        pages = [marked(page, f"{MARK}{page.site}") for page in PAGES]
        config = CONFIG.model_copy(update={"words": 2000})
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0) for page in pages)), config)
        for fold in folds_of(pages):
            passes, _ = trainer.fit(~trainer.samples.touching(fold))
            known = {word for gram in passes.grams for word in gram.split()}
            assert {site for site in SITES if f"{MARK}{site}" in known} == set(SITES) - fold

    def test_composed_pages_name_every_site_they_have_words_of(self) -> None:
        pages = [marked(page, f"{MARK}{page.site}") for page in PAGES]
        for page in composed(pages):
            text = " ".join(page.lines)
            assert {site for site in SITES if f"{MARK}{site}" in text} <= page.sites

    def test_samples_of_the_material_are_left_out_too(self) -> None:
        extra = labelled("x", "https://www.nui.vn/tin", [("mục", "sidebar")])
        held = Samples((labelled_sample(extra, 1.0), labelled_sample(PAGES[0], 1.0)))
        assert held.touching(frozenset({"nui"})).tolist() == [True, False]


class TestWeights:
    def test_neither_an_odd_page_nor_a_site_of_many_outweighs_the_others(self) -> None:
        long = labelled("long", "nui", [(f"dòng {n}", "body") for n in range(40)])
        short = [labelled(f"s{n}", "song", [("tin", "body")] * 10) for n in range(6)]
        alone = labelled("alone", "dong", [("tin", "body")] * 10)
        weighed = capped([labelled_sample(page, 4.0) for page in [long, *short, alone]], page_lines=20, site_lines=30)
        assert [sample.weight for sample in weighed] == pytest.approx([2.0, *[2.0] * 6, 4.0])

    def test_a_fitted_pass_counts_words_as_the_model_made_of_it_does(self) -> None:
        """The words that a fold spares beside those of the model must not thin out its own."""
        config = CONFIG.model_copy(update={"words": 40, "second_pass": False})
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0) for page in PAGES)), config)
        chosen = np.array(["nui" not in sample.sites for sample in trainer.samples.items])
        passes, scores = trainer.fit(chosen)
        model = LineModel(line_part(passes, config, None))
        start = 0
        for sample, learned in zip(trainer.samples.items, chosen, strict=True):
            of_sample = scores[start : start + len(sample.labels)]
            start += len(sample.labels)
            if not learned:
                batch = Batch.of([sample.page])
                expected = softmax(of_sample)
                headlines = HeadlineModel(HEADLINE_WEIGHTS).headlines(batch, expected)
                expected = with_no_body_above(with_headlines(expected, headlines), headlines)
                assert model.read(batch).probabilities == pytest.approx(expected, abs=1e-4)


class TestParts:
    def test_the_cuts_of_a_page_and_its_site_stand_in_one_part(self) -> None:
        cuts = [replace(page, id=f"{page.id} cut", style="main") for page in PAGES]
        held = [labelled_sample(page, 1.0, real=True) for page in (*PAGES, *cuts)]
        parts = site_parts(Samples(tuple(held)), LineConfig(groups=(("nui", "song"),)))
        by_site = {site: set(parts[[site in sample.sites for sample in held]].tolist()) for site in SITES}
        assert all(len(of_site) == 1 for of_site in by_site.values())
        assert by_site["nui"] == by_site["song"]
        assert len(set(parts.tolist())) == 3


def marked(page: CorpusPage, mark: str) -> CorpusPage:
    """The page with a word of its own in every line."""
    return replace(page, lines=tuple(f"{text} {mark}" if text else "" for text in page.lines))


class TestScores:
    def test_every_page_with_an_article_is_scored_once_by_style(self) -> None:
        section = labelled("s", "nui", [("mục", "sidebar")])
        pages = [*PAGES, section, replace(PAGES[0], id="cut", style="main")]
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0) for page in pages)), CONFIG)
        told: list[str] = []
        out_of_site = leave_site_out(trainer, pages, folds_of(pages), 1, told.append)
        scored, temperature = out_of_site.scored, out_of_site.temperature
        assert {style: len(found) for style, found in scored.items()} == {"full": len(PAGES), "main": 1}
        assert np.allclose([row.sum() for row in probabilities(scored)], 1.0)
        assert 0.2 <= temperature <= 5
        without = [f"scored {n} of 4: without {site}" for n, site in enumerate(sorted(SITES), start=1)]
        assert [line.partition(";")[0] for line in told] == without

    @pytest.mark.slow
    def test_workers_change_nothing(self) -> None:
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0) for page in PAGES)), CONFIG)
        runs = [leave_site_out(trainer, PAGES, folds_of(PAGES), jobs, lambda told: None) for jobs in (1, 2)]
        assert runs[0].temperature == runs[1].temperature
        assert np.array_equal(probabilities(runs[0].scored), probabilities(runs[1].scored))

    def test_each_page_gets_its_own_lines(self) -> None:
        pages = [PAGES[0], labelled("s", "nui", [("mục", "sidebar"), ("", None)]), PAGES[3]]
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0) for page in [*pages, PAGES[1]])), CONFIG)
        numbers = np.arange(len(trainer.samples.labels), dtype=float)[:, None].repeat(3, axis=1)
        first, last = scored_pages(trainer, pages, numbers)["full"]
        size = len(first.texts)
        assert (first.id, last.id) == (PAGES[0].id, PAGES[3].id)
        assert first.probabilities[:, 0].tolist() == list(range(size))
        assert last.probabilities[0, 0] == size + 1


def probabilities(scored: ByStyle) -> FloatArray:
    return np.concatenate([page.probabilities for pages in scored.values() for page in pages])


def corpus(**pages: int) -> list[CorpusPage]:
    """That many pages of each site, `_` for the dot in its name."""
    return [
        labelled(f"{site}/{number}", site.replace("_", "."), [("Cầu", "body")])
        for site, count in pages.items()
        for number in range(count)
    ]


class TestFolds:
    def test_every_site_by_itself(self) -> None:
        assert folds_of(corpus(b=2, a=1, c=5)) == [{"a"}, {"b"}, {"c"}]

    def test_groups_are_held_out_together_however_they_are_written(self) -> None:
        config = LineConfig(groups=(("https://a.vn", "c"), ("x", "y")))
        assert folds_of(corpus(a_com_vn=1, b=1, c=1), config) == [{"a", "c"}, {"b"}]

    def test_those_with_the_fewest_sites_are_put_together(self) -> None:
        config = LineConfig(folds=3)
        assert folds_of(corpus(a=9, b=1, c=8, d=2, e=1), config) == [{"a", "b"}, {"c", "d"}, {"e"}]

    def test_sites_without_an_article_are_never_held_out(self) -> None:
        section = labelled("s", "s", [("mục", "sidebar")])
        assert folds_of([*corpus(a=1, b=1), section]) == [{"a"}, {"b"}]
        assert folds_of([section]) == []

    @given(
        st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 9), min_size=1),
        st.integers(2, 12),
        st.permutations("abcdefghij"),
    )
    def test_each_site_is_held_out_once_and_groups_stay_whole(
        self, sizes: dict[str, int], count: int, order: list[str]
    ) -> None:
        group = tuple(order[:3])
        config = LineConfig(folds=count, groups=(group,))
        pages = corpus(**sizes)
        folds = folds_of(pages, config)
        held = [site for fold in folds for site in fold if site in sizes]
        assert sorted(held) == sorted(sizes)
        assert len(folds) <= max(count, 2)
        assert all(set(group) <= fold or not set(group) & fold for fold in folds)
        assert folds_of(pages[::-1], config) == folds


def drawn(count: int, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Scores (count, 3) and labels drawn with the probabilities that these scores mean."""
    random = np.random.default_rng(seed)
    scores = random.normal(scale=2.0, size=(count, 3))
    below = softmax(scores).cumsum(axis=1) < random.random(count)[:, None]
    return scores, below.sum(axis=1)


def loss(scores: FloatArray, labels: IntArray) -> float:
    return float(-np.log(softmax(scores)[np.arange(len(labels)), labels]).mean())


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 4.0])
def test_a_known_scale_is_found(scale: float) -> None:
    scores, labels = drawn(20_000)
    assert fit_temperature(scores * scale, labels) == pytest.approx(scale, rel=0.03)


def test_what_is_added_to_all_scores_of_a_line_does_not_matter() -> None:
    scores, labels = drawn(500)
    moved = scores + np.random.default_rng(1).normal(size=(500, 1))
    assert fit_temperature(moved, labels) == pytest.approx(fit_temperature(scores, labels), abs=1e-3)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(0, 10_000), st.floats(0.1, 10))
def test_no_label_changes_and_the_loss_never_grows(count: int, seed: int, scale: float) -> None:
    scores, labels = drawn(count, seed)
    scores = scores * scale
    temperature = fit_temperature(scores, labels)
    assert 0.2 <= temperature <= 5.0
    assert np.array_equal((scores / temperature).argmax(axis=1), scores.argmax(axis=1))
    assert loss(scores / temperature, labels) <= loss(scores, labels) + 1e-3


def test_the_ends_of_the_range() -> None:
    scores, _ = drawn(200)
    assert fit_temperature(scores, scores.argmax(axis=1)) == pytest.approx(0.2, abs=0.01)
    assert fit_temperature(scores, scores.argmin(axis=1)) == pytest.approx(5.0, abs=0.01)


def test_no_lines() -> None:
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.int64)) == 1.0
