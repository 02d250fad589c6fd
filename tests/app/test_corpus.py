"""`locbao corpus` as its users run it."""

import json
from pathlib import Path

import pytest

from locbao.train.corpus.labelled_pages import read_corpus
from tests.conftest import ROOT
from tests.support.command import PAGE, locbao


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(PAGE, encoding="utf-8")
    (folder / "b.html").write_text("<html><p>Trang chủ<p>Mùa quế ở Tà Lèng</html>", encoding="utf-8")
    (folder / "c.md").write_text("# Mùa quế ở **Tà Lèng**\n\n---\n\n[Chia sẻ](https://a.example)\n", encoding="utf-8")
    return folder


def test_a_draft_is_a_corpus_with_all_lines_of_the_pages(pages: Path, tmp_path: Path) -> None:
    output = tmp_path / "draft.jsonl"
    done = locbao("corpus", "draft", pages, "--site", "bien", "-o", output)
    assert (done.exit_code, done.stderr) == (0, f"Pages drafted: 3, in {output}\n")
    text, html, markdown = read_corpus([output])
    assert (text.id, text.site, "\n".join(text.lines)) == ("a.txt", "bien", PAGE)
    assert text.labels[:2] == ("sidebar", None)
    assert [line for line in html.lines if line] == ["Trang chủ", "Mùa quế ở Tà Lèng"]
    assert [line for line in markdown.lines if line] == ["Mùa quế ở Tà Lèng", "Chia sẻ"]
    row, _, marked = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    assert row["draft"]
    assert row["source"] == str(pages / "a.txt")
    kept = [line.get("markdown", line["text"]) for line in marked["lines"]]
    assert "\n".join(kept) == (pages / "c.md").read_text(encoding="utf-8")
    assert all(0 < line["score"] <= 1 for line in row["lines"] if line["label"])
    assert (text.links, html.links) == (None, None)
    assert markdown.links is not None
    assert dict(zip(markdown.lines, markdown.links, strict=True)) == {"Mùa quế ở Tà Lèng": 0, "": 0, "Chia sẻ": 1}


def test_a_draft_overwrites_nothing_and_lists_what_it_leaves_out(pages: Path, tmp_path: Path) -> None:
    output = tmp_path / "draft.jsonl"
    output.write_text("labels of a whole week")
    done = locbao("corpus", "draft", pages, "--site", "bien", "-o", output)
    assert (done.exit_code, output.read_text()) == (1, "labels of a whole week")
    (pages / "empty.txt").write_text(" ")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": 1, "text": "Trang chủ"}\n{"id": "1", "text": "Chia sẻ"}\n', encoding="utf-8")
    done = locbao("corpus", "draft", pages, rows, "--site", "bien", "-o", tmp_path / "new.jsonl")
    assert done.exit_code == 3
    assert "empty.txt: The page is empty.\n" in done.stderr
    assert f"{rows}:2: The id '1' stands already at {rows}:1.\n" in done.stderr
    assert len(read_corpus([tmp_path / "new.jsonl"])) == 4


def test_a_draft_of_no_page_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" ")
    done = locbao("corpus", "draft", tmp_path / "empty.txt", "--site", "bien", "-o", tmp_path / "draft.jsonl")
    assert done.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["empty.txt"]


def test_a_draft_needs_the_name_of_the_site(pages: Path, tmp_path: Path) -> None:
    done = locbao("corpus", "draft", pages, "--site", " ", "-o", tmp_path / "draft.jsonl")
    assert (done.exit_code, "has the name of its site" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["draft.jsonl.gz", "draft.txt"])
def test_a_corpus_has_the_name_of_one(pages: Path, tmp_path: Path, name: str) -> None:
    done = locbao("corpus", "draft", pages, "--site", "bien", "-o", tmp_path / name)
    assert done.exit_code == 2
    assert "give a name that ends in .jsonl" in " ".join(done.stderr.replace("│", " ").split())
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("text", "told"), [("[]", "holds no page"), ('[{"id": 1}]', "no task of a corpus: it has no 'data'")]
)
def test_what_is_no_export_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "exported.json").write_text(text)
    done = locbao(
        "corpus", "import", tmp_path / "exported.json", "--format", "label-studio", "-o", tmp_path / "a.jsonl"
    )
    assert done.exit_code == 1
    assert told in done.stderr
    assert not (tmp_path / "a.jsonl").exists()


def row(id: str, *lines: tuple[str, object]) -> str:
    return json.dumps({"id": id, "site": "s", "lines": [{"text": text, "label": label} for text, label in lines]})


def test_check_names_all_faults_and_suspicions_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    good = row("a", ("Cầu mới thông xe", "body"), ("14/11/2024 06:30", "body"))
    rows = [good, "{", row("b", ("Cầu", "title"), ("", "body"), ("Suối", None)), row("a", ("Một trang nữa", "body"))]
    path.write_text("\n".join([*rows, '{"id": 1, "lines": []}']), encoding="utf-8")
    done = locbao("corpus", "check", path)
    assert done.exit_code == 1
    assert done.stderr == "Pages without fault: 2; faults: 8; suspected mistakes: 1\n"
    said = done.stdout.splitlines()
    assert len(said) == 9
    for place, what in [
        (":2: ", "not JSON"),
        (":3, line 1 of page 'b'", "unknown label 'title'"),
        (":3, line 2 of page 'b'", "on a blank line"),
        (":3, line 3 of page 'b'", "no label"),
        (":4: ", f"id 'a' stands already at {path}:1"),
        (":5: ", "no site"),
        (":5: ", 'no "id"'),
        (":5: ", 'no "lines"'),
        (":1, line 2 of page 'a'", "a stamp is sidebar"),
    ]:
        assert any(line.startswith(f"{path}{place}") and what in line for line in said), (place, what)


def test_check_compares_two_annotators_and_asks_the_model(tmp_path: Path) -> None:
    mine, yours = tmp_path / "mine.jsonl", tmp_path / "yours.jsonl"
    yours.write_text(row("a", ("Trang chủ", "sidebar"), ("Bà con bản Tà Lèng trồng thêm ba nghìn cây quế.", "body")))
    mine.write_text(row("a", ("Trang chủ", "body"), ("Bà con bản Tà Lèng trồng thêm ba nghìn cây quế.", "body")))
    done = locbao("corpus", "check", mine, "--against", yours)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("2 lines compared, 1 differs; f1: body 0.667")
    demo = ROOT / "app" / "demo" / "doi-song.txt"
    assert locbao("corpus", "draft", demo, "--site", "s", "-o", tmp_path / "draft.jsonl").exit_code == 0
    text = (tmp_path / "draft.jsonl").read_text(encoding="utf-8")
    mine.write_text(text.replace('"sidebar"', '"body"', 1), encoding="utf-8")
    assert locbao("corpus", "check", mine).stdout == ""
    done = locbao("corpus", "check", mine, "--by-model")
    assert done.stdout.startswith(f"{mine}:1, line 1 of page 'doi-song.txt': body, and the model is sure of sidebar")
    assert locbao("corpus", "check", mine, "--model", "x").exit_code == 2


def test_next_lists_the_pages_worth_most(pages: Path, tmp_path: Path) -> None:
    done = locbao("corpus", "next", pages, "--top", 2)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 3
    output = tmp_path / "draft.jsonl"
    locbao("corpus", "draft", pages, "--site", "bien", "-o", output)
    rows = locbao("corpus", "next", pages, "--labelled", output).stdout.splitlines()[1:]
    assert [row.split()[:3] for row in rows] == [["0.00", "0", "0%"]] * 3


def test_next_without_a_page_has_done_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    done = locbao("corpus", "next", empty)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "has no page that can be used. See what was said of each above." in done.stderr


@pytest.mark.parametrize("format", ["label-studio", "tsv"])
def test_an_export_comes_back_as_it_was(pages: Path, tmp_path: Path, format: str) -> None:
    draft, there, back = (tmp_path / name for name in ("draft.jsonl", "there", "back.jsonl"))
    locbao("corpus", "draft", pages, "--site", "bien", "-o", draft)
    assert locbao("corpus", "export", draft, "--format", format, "-o", there).exit_code == 0
    assert locbao("corpus", "import", there, "--format", format, "-o", back).exit_code == 0
    assert back.read_bytes() == draft.read_bytes()
    assert locbao("corpus", "import", there, "--format", format, "-o", back).exit_code == 1
    done = locbao("corpus", "import", draft, "--format", format, "-o", tmp_path / "none.jsonl")
    assert (done.exit_code, (tmp_path / "none.jsonl").exists()) == (1, False)
