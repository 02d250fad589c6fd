"""README, docs and code say the same: what is listed is what there is."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer

from locbao.cli.console import Exit
from locbao.cli.main import app
from locbao.experiments.trials.line_trials import LineChanges
from locbao.experiments.trials.plan import KINDS, ExperimentPlan, read_plan
from locbao.experiments.trials.topic_trials import TopicChanges
from locbao.features.labels import LABELS
from locbao.features.lines.design import FAMILIES
from locbao.predict.labelled import LabelledLine, LabelledPage
from locbao.predict.load import load
from locbao.predict.writing.rows import as_row
from locbao.train.composer.layout import parse_layout, read_layouts
from locbao.train.composer.slots import SLOTS
from locbao.train.composer.sources import LAYOUTS
from locbao.train.corpus.corpus_files import CorpusError, example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.corpus.topic_articles import read_topic_corpus
from locbao.train.lines.config import LineConfig
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.rules import read_rules
from tests.conftest import ROOT
from tests.support.docs import (
    DOCS,
    EXPERIMENTS,
    HOW_IT_WORKS,
    LABELLING,
    LAYOUT_GUIDE,
    MEASUREMENTS,
    PREDICT,
    README,
    TOPICS,
    TRAINING,
    blocks,
    names,
    prose,
    section,
    table,
)


def verbs() -> dict[str, Any]:
    """Every command of the command line by its words."""
    found: dict[str, Any] = {}
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        subcommands = getattr(command, "commands", None)
        found |= {f"{name} {sub}": each for sub, each in subcommands.items()} if subcommands else {name: command}
    return found


def options(command: Any) -> set[str]:
    names_of_all = {name for each in command.params if each.param_type_name == "option" for name in each.opts}
    return names_of_all - {"-h", "--help"}


@pytest.mark.parametrize("verb", verbs())
def test_help_tells_every_argument_and_option_in_a_sentence(verb: str) -> None:
    command = verbs()[verb]
    for what, text in [(verb, command.help.split("\n")[0]), *((each.name, each.help) for each in command.params)]:
        assert text, f"{what} has no help"
        assert text.endswith("."), f"{what}: {text}"
        assert len(text.split()) > 2, f"{what}: {text}"


def test_the_readme_lists_every_command_with_its_arguments_and_options() -> None:
    listed = {}
    for row in table(README, "command"):
        words = names(row[0])[0].split()
        small = [word for word in words[1:] if word.islower()]
        listed[" ".join(small)] = (words[1 + len(small) :], set(names(row[1])))
    expected = {}
    for verb, command in verbs().items():
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        shown = [f"{each.metavar}…" if each.nargs == -1 else each.metavar for each in arguments]
        written = [text if each.required else f"[{text}]" for text, each in zip(shown, arguments, strict=True)]
        expected[verb] = (written, options(command))
    assert listed == expected


@pytest.mark.parametrize("name", DOCS)
def test_options_in_examples_exist(name: str) -> None:
    words = r"train [a-z]+|experiments [a-z]+|models [a-z]+|[a-z]+"
    for verb, rest in re.findall(rf"locbao ({words})((?: [^`|\n]*)?)", DOCS[name]):
        if verb in verbs():
            assert set(re.findall(r"(?<= )--?[a-z][a-z-]*", rest)) <= options(verbs()[verb]), rest


def test_the_guide_to_training_lists_every_configuration_key_with_its_default() -> None:
    written = {"families": "all", "groups": "[]", "recipe": "{}"}
    shown = {key: written.get(key, json.dumps(value)) for key, value in LineConfig().as_dict().items()}
    assert {names(row[0])[0]: names(row[1])[0] for row in table(TRAINING, "key")} == shown
    assert f"`families` takes `{'`, `'.join(FAMILIES)}`" in TRAINING


def test_the_guide_to_training_lists_every_key_of_topics_with_its_default() -> None:
    shown = {names(row[0])[0]: names(row[1])[0] for row in table(TRAINING, "topic key")}
    defaults = TopicConfig().model_dump()
    assert shown == {key: "none" if value is None else json.dumps(value) for key, value in defaults.items()}


def test_the_guide_to_topics_is_right(tmp_path: Path) -> None:
    (tmp_path / "flood.toml").write_text(blocks(TOPICS, "toml")[0], encoding="utf-8")
    rules = read_rules(tmp_path)["flood"]
    assert [rule.says for rule in rules.rules] == ["yes", "no"]
    (tmp_path / "articles.jsonl").write_text(blocks(TOPICS, "json")[0], encoding="utf-8")
    [article] = read_topic_corpus([tmp_path / "articles.jsonl"])
    assert article.topics == {"border_security"}
    assert f"under `least`, {TopicConfig().least}" in TOPICS
    known = [names(row[0])[0] for row in table(TOPICS, "topic")]
    assert sorted(known) == sorted(read_rules(None)) == list(load().topics)


def test_the_guide_to_experiments_lists_every_key_and_its_plan_can_be_run(tmp_path: Path) -> None:
    assert {names(row[0])[0] for row in table(EXPERIMENTS, "plan key")} == set(ExperimentPlan.model_fields)
    assert [names(row[0])[0] for row in table(EXPERIMENTS, "experiment key")] == [
        *LineChanges.model_fields,
        *TopicChanges.model_fields,
    ]
    (tmp_path / "quick.toml").write_text("composed = 300\n", encoding="utf-8")
    (tmp_path / "words.toml").write_text(blocks(EXPERIMENTS, "toml")[0], encoding="utf-8")
    plan = read_plan(tmp_path / "words.toml")
    assert len([KINDS[plan.kind].configure(trial.configuration, str(trial)) for trial in plan.trials()]) == 12


def test_the_readme_lists_labels_families_exit_codes_and_the_fields_of_a_row() -> None:
    assert [names(row[0])[0] for row in table(README, "label")] == list(LABELS)
    assert [names(row[0])[0] for row in table(HOW_IT_WORKS, "family")] == list(FAMILIES)
    codes = {int(code) for row in table(README, "code") for code in row[0].split(", ")}
    assert codes == {0, 2, *Exit}
    row = as_row("id", LabelledPage(()), "model")
    assert [name for cells in table(PREDICT, "field") for name in names(cells[0])] == list(row)
    entries = [*LabelledLine._fields, *(entry.name for entry in fields(LabelledPage))]
    for name in [*entries, "body", "captions", "explain", "explain_topic", "label_many"]:
        assert f".{name}" in README
    assert "locbao.load(" in README
    assert "locbao.LocbaoError" in README


def test_the_counts_in_the_readme() -> None:
    layouts, pages = read_layouts(LAYOUTS), read_corpus(example_corpus())
    hosts, sites = {host for layout in layouts for host in layout.after}, {page.site for page in pages}
    assert f"{len(layouts)} layouts" in HOW_IT_WORKS
    assert f"{len(hosts)} Vietnamese sites" in HOW_IT_WORKS
    assert f"{len(pages)} pages of {len(sites)} invented sites" in HOW_IT_WORKS


MEASURED = {"accuracy": section("Accuracy"), "speed": section("Speed"), "measurements": MEASUREMENTS}


@pytest.mark.parametrize("text", MEASURED.values(), ids=MEASURED)
def test_every_figure_in_a_table_stands_in_the_results(text: str) -> None:
    """Rows are carried over as they were measured; a new run must bring the README with it."""
    written = [*(ROOT / "experiments" / "results").rglob("*.md"), ROOT / "predict" / "shipped" / "MODEL_CARD.md"]
    results = "\n".join(path.read_text(encoding="utf-8") for path in written)
    measured = {re.sub(r" +", " ", line) for line in results.splitlines()}
    rows = [row for row in re.findall(r"^\|.*\|$", text, re.MULTILINE) if not row.startswith("|--")]
    assert rows
    assert [row for row in rows if re.sub(r" +", " ", row) not in measured] == []


LINKING = [*DOCS, *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("experiments/results/**/*.md")))]


@pytest.mark.parametrize("name", LINKING)
def test_links_lead_somewhere(name: str) -> None:
    text = DOCS.get(name) or (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", prose(text)):
        assert link.startswith("https://") or ((ROOT / name).parent / link).exists(), link


def test_the_example_of_the_guideline_is_a_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "pages.jsonl"
    [example] = blocks(LABELLING, "json")
    corpus.write_text(example, encoding="utf-8")
    [page] = read_corpus([corpus])
    assert page.labels == ("body", None, "caption", "sidebar")
    assert page.sure == (True, True, True, False)
    corpus.write_text(example.replace('"label": "body"', '"label": "title"'), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"pages\.jsonl:1, line 1 of page 'tin-42': unknown label 'title'"):
        read_corpus([corpus])


def test_the_guide_to_layouts_is_right() -> None:
    parse_layout(blocks(LAYOUT_GUIDE, "text")[0], "baomau", "baomau.txt")
    listed = [name for row in table(LAYOUT_GUIDE, "slots") for name in names(row[0])]
    assert sorted(listed) == sorted(SLOTS)
