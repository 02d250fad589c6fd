"""A corpus to edit, and an editor that serves it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from locbao.editor import Editor
from locbao.train.annotate.edits import CorpusFile
from tests.support.fake_model import FakeModel

SCRIPT = "</li><script>document.title = 'x'</script>"


def rows() -> str:
    """Two pages with a row between them that is none."""
    lines = [{"text": SCRIPT, "label": "body", "score": 0.5}, {"text": "", "label": None}]
    lines += [{"text": "Đơn vị đi tuần tra dọc bờ suối mỗi sáng sớm", "label": "body", "score": 0.9}]
    lines += [{"text": "Chia sẻ", "label": "sidebar", "score": 0.6}]
    first = {"id": SCRIPT, "site": "s", "draft": "fake", "lines": lines, "kept": [1, {"a": None}]}
    second = {"id": "b", "site": "s", "lines": [{"text": "Trang chủ"}], "checked": True}
    return f'{json.dumps(first)}\r\n{{"id": 1}}\n\n{json.dumps(second, indent=None)}'


@contextmanager
def serving(path: Path) -> Iterator[Editor]:
    """An editor of the corpus, with a fake model, until the block ends."""
    with Editor(CorpusFile(path), FakeModel()) as editor:  # type: ignore[arg-type]
        thread = Thread(target=editor.serve_forever)
        thread.start()
        try:
            yield editor
        finally:
            editor.shutdown()
            thread.join()
