"""A user's script, checked by `make typecheck`: the public names have the types that people expect."""

from collections.abc import Iterator
from typing import Any, Literal, assert_type

import locbao

PAGE = "Trang chủ\n\nCây cầu treo qua suối đã được bà con dựng lại sau mùa lũ.\n\nẢnh: Thu Hà"


def clean_body(text: str, model: locbao.Model) -> str | None:
    """The body of a page that probably holds an article."""
    page: locbao.LabelledPage = model.label(text)
    for line in page.lines:
        assert_type(line, locbao.LabelledLine)
        assert_type(line.label, Literal["body", "caption", "sidebar"])
        assert_type(line.score, float)
        assert_type(line.scores, dict[str, float])
    assert_type(page.captions, tuple[str, ...])
    assert_type(page.topics, dict[str, float])
    assert_type(page.headline, int | None)
    assert_type(page.to_dict(), dict[str, Any])
    assert_type(page.to_records(), list[dict[str, Any]])
    return page.body if page.article > 0.5 else None


def main() -> None:
    model = locbao.load()
    assert_type(model, locbao.Model)
    pages = model.label_many([PAGE, PAGE])
    assert_type(pages, Iterator[locbao.LabelledPage])
    print(clean_body(PAGE, model), [len(page.lines) for page in pages])
    for reason in model.explain(PAGE, line=3).reasons[:3]:
        assert_type(reason, locbao.Reason)
        print(reason.feature, reason.weight)
    labels = ["sidebar", None, "body", None, "caption"]
    labeller = locbao.LineLabeller(words=100).fit([PAGE.split("\n")] * 4, [labels] * 4)
    assert_type(labeller, locbao.LineLabeller)
    assert_type(labeller.predict([["Trang chủ"]]), list[list[Literal["body", "caption", "sidebar"]]])
    try:
        locbao.load("no-such-folder")
    except locbao.LocbaoError as error:
        print(error)


if __name__ == "__main__":
    main()
