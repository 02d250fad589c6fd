"""A stand-in for a trained model: labels by two rules that a reader can check by eye.

Run as a module it is the command line with this model in place of the shipped one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import locbao
from locbao.features.labels import LABELS, Label
from locbao.features.page import Page
from locbao.predict.labelled import EvidenceSpan, LabelledLine, LabelledPage

if TYPE_CHECKING:
    from locbao.predict.explain import Explanation, TopicExplanation


class FakeModel:
    """A line with `Ảnh:` is a caption, a line of eight words or more is body, all else is sidebar.

    A body line with `tuần tra` speaks for the topic `border_security`.
    """

    name = "fake"
    topics = ("border_security",)
    digest = "0" * 12
    site_model = None

    @property
    def signature(self) -> str:
        return f"{self.name} {self.digest}"

    def label(self, text: str | Page, markup: str = "auto", **options: object) -> LabelledPage:  # noqa: ARG002
        page = Page.from_text(text) if isinstance(text, str) else text
        lines = tuple(_labelled(int(number), page.raw[number - 1]) for number in page.numbers)
        evidence = tuple(line.number for line in lines if line.label == "body" and "tuần tra" in line.text)
        topics = {"border_security": 0.9} if evidence else {}
        spans = tuple(EvidenceSpan(line.number, *_patrol(line.text)) for line in lines if line.number in evidence)
        by_topic = ({"border_security": evidence}, {"border_security": spans}) if evidence else ({}, {})
        return LabelledPage(lines, topics, topics, by_topic[0], evidence_spans=by_topic[1])

    def label_many(self, texts: Iterable[str | Page], **memory: object) -> Iterator[LabelledPage]:  # noqa: ARG002
        return map(self.label, texts)

    def explain(self, page: str | Page, line: int, markup: str = "auto") -> "Explanation":
        return self.explain_many(page, [line], markup)[0]

    def explain_many(
        self,
        page: str | Page,
        lines: Sequence[int],
        markup: str = "auto",  # noqa: ARG002
        **options: object,  # noqa: ARG002
    ) -> list["Explanation"]:
        from locbao.predict.explain import Explanation, Reason, UnknownLine  # these bring scikit-learn with them

        found = {line.number: line for line in self.label(page).lines}
        reasons = (Reason("words in the line", 3.0, 2.5), Reason("<script>alert(1)</script>", 1.0, -0.5))
        for number in lines:
            if number not in found:
                raise UnknownLine(number, max(found, default=0), blank=True)
        return [Explanation(n, found[n].text, found[n].label, found[n].score, reasons) for n in lines]

    def explain_topic(
        self,
        page: str | Page,  # noqa: ARG002
        line: int,
        topic: str,
        markup: str = "auto",  # noqa: ARG002
    ) -> "TopicExplanation":
        from locbao.predict.explain import Reason, TopicExplanation
        from locbao.predict.topics.topic_model import UnknownTopic

        if topic not in self.topics:
            raise UnknownTopic(topic, self.topics)
        return TopicExplanation(line, topic, 1.25, (Reason("tuần tra", 1.0, 2.0), Reason("one of relief", 1.0, -0.75)))


def _patrol(text: str) -> tuple[int, int]:
    """Where the sentence with `tuần tra` stands; sentences end in ". "."""
    place = text.index("tuần tra")
    before, after = text.rfind(". ", 0, place), text.find(". ", place)
    return before + 2 if before >= 0 else 0, after + 1 if after >= 0 else len(text)


def _labelled(number: int, text: str) -> LabelledLine:
    label: Label = "caption" if "Ảnh:" in text else "body" if len(text.split()) >= 8 else "sidebar"
    score = 0.6 if "?" in text else 0.9
    scores: dict[str, float] = {**dict.fromkeys(LABELS, (1 - score) / 2), label: score}
    return LabelledLine(number, text, label, score, scores)


def load(source: str | None = None) -> FakeModel:
    return FakeModel()


if __name__ == "__main__":
    from locbao.cli.main import main

    locbao.load = load  # type: ignore[assignment]
    main()
