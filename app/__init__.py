"""The lines of a Vietnamese news page, labelled: article body, caption, or the sidebar around them; and its topics.

    import locbao
    page = locbao.load().label(text)

The public names are looked up when they are first used, so that `import locbao` itself costs nothing.
"""

TYPE_CHECKING = False  # what type checkers take for True; importing typing's own would cost more than all the rest

__all__ = [
    "LABELS",
    "Explanation",
    "LabelledLine",
    "LabelledPage",
    "LineLabeller",
    "LocbaoError",
    "Model",
    "Reason",
    "SiteMemory",
    "TopicClassifier",
    "TopicExplanation",
    "UnknownLine",
    "UnknownTopic",
    "__version__",
    "adapt_lines",
    "evaluate",
    "html_text",
    "load",
    "markdown_text",
    "moved_thresholds",
    "topic_rates",
    "train_lines",
    "train_topics",
]

_HOMES = {
    "LABELS": "locbao.features.labels",
    "Explanation": "locbao.predict.explain",
    "LabelledLine": "locbao.predict.labelled",
    "LabelledPage": "locbao.predict.labelled",
    "LineLabeller": "locbao.train.estimators",
    "LocbaoError": "locbao.features.errors",
    "Model": "locbao.predict.model",
    "Reason": "locbao.predict.explain",
    "SiteMemory": "locbao.predict.lines.sites",
    "TopicClassifier": "locbao.train.estimators",
    "TopicExplanation": "locbao.predict.explain",
    "UnknownLine": "locbao.predict.explain",
    "UnknownTopic": "locbao.predict.topics.topic_model",
    "adapt_lines": "locbao.train.lines.adapt_run",
    "evaluate": "locbao.train.evaluation.evaluate",
    "html_text": "locbao.predict.reading.html",
    "load": "locbao.predict.load",
    "markdown_text": "locbao.features.notation.markdown",
    "moved_thresholds": "locbao.predict.topics.topic_rates",
    "topic_rates": "locbao.predict.topics.topic_rates",
    "train_lines": "locbao.train.lines.run",
    "train_topics": "locbao.train.topics.run",
}

if TYPE_CHECKING:
    from locbao.features.errors import LocbaoError
    from locbao.features.labels import LABELS
    from locbao.features.notation.markdown import markdown_text
    from locbao.predict.explain import Explanation, Reason, TopicExplanation, UnknownLine
    from locbao.predict.labelled import LabelledLine, LabelledPage
    from locbao.predict.lines.sites import SiteMemory
    from locbao.predict.load import load
    from locbao.predict.model import Model
    from locbao.predict.reading.html import html_text
    from locbao.predict.topics.topic_model import UnknownTopic
    from locbao.predict.topics.topic_rates import moved_thresholds, topic_rates
    from locbao.train.estimators import LineLabeller, TopicClassifier
    from locbao.train.evaluation.evaluate import evaluate
    from locbao.train.lines.adapt_run import adapt_lines
    from locbao.train.lines.run import train_lines
    from locbao.train.topics.run import train_topics

    __version__: str
else:  # kept from type checkers, which would take any name for a public one

    def __getattr__(name):
        from importlib import import_module

        if name == "__version__":
            value = import_module("importlib.metadata").version("locbao")
        elif name in _HOMES:
            value = getattr(import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module 'locbao' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
