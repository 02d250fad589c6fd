"""Output files that a broken run leaves, and that a resumed one goes on with."""

import gzip
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard

from locbao.predict.labelled import LabelledPage
from locbao.predict.writing.outputs import Output
from locbao.predict.writing.part_files import UnwritableOutput, Writer
from locbao.predict.writing.rows import Labelled
from tests.support.fake_model import FakeModel


@pytest.fixture
def page() -> LabelledPage:
    return FakeModel().label("Chợ phiên\nSáng nay, bà con ba bản đã ra nương từ sớm.")


def written(output: Output, pages: Sequence[Labelled], chunks: int = 2) -> None:
    """Writes the pages in two chunks, with a break in the second that is resumed."""
    first, second = (output.encode(list(pages[index::chunks]), "fake 0") for index in (0, 1))
    writer = output.open()
    writer.write(first)
    position = writer.checkpoint()
    writer.write(second[: len(second) // 2])
    writer.close()
    writer = output.open(position)
    writer.write(second)
    assert writer.checkpoint() == len(first) + len(second)
    writer.close()
    output.settle()


@pytest.mark.parametrize(
    ("suffix", "unpack"),
    [
        ("jsonl", bytes),
        ("jsonl.gz", gzip.decompress),
        ("jsonl.zst", lambda data: zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()),
    ],
)
def test_a_resumed_file_is_whole(
    suffix: str, unpack: Callable[[bytes], bytes], page: LabelledPage, tmp_path: Path
) -> None:
    files = []
    for name in ("one", "two"):
        output = Output.of(tmp_path / f"{name}.{suffix}")
        written(output, [Labelled("a", page), Labelled("b", page)])
        assert output.path
        files.append(output.path.read_bytes())
    assert [json.loads(line)["id"] for line in unpack(files[0]).splitlines()] == ["a", "b"]
    assert files[0] == files[1]
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_resumed_is_told(tmp_path: Path, page: LabelledPage) -> None:
    output = Output.of(tmp_path / "out.jsonl")
    assert output.part
    output.part.write_bytes(b"123")
    with pytest.raises(UnwritableOutput, match=r"shorter than the 10 bytes.*without --resume"):
        output.open(10)


def test_nothing_is_there_before_the_end(tmp_path: Path, page: LabelledPage) -> None:
    output = Output.of(tmp_path / "new" / "out.jsonl")
    writer = output.open()
    writer.write(output.encode([Labelled("a", page)], "fake 0"))
    writer.close()
    assert os.listdir(tmp_path / "new") == ["out.jsonl.part"]
    assert output.encode([], "fake 0") == b""


def test_a_link_is_written_through(tmp_path: Path, page: LabelledPage) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    written(Output.of(tmp_path / "link.jsonl"), [Labelled("a", page), Labelled("b", page)])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").is_file()


def test_a_device_gets_what_is_written_at_once(page: LabelledPage, tmp_path: Path) -> None:
    output = Output.of(os.devnull)
    assert output.part is None
    writer = output.open()
    writer.write(output.encode([Labelled("a", page)], "fake 0"))
    assert writer.checkpoint() == 0
    writer.close()


def test_what_was_written_after_the_checkpoint_is_cut_off(tmp_path: Path) -> None:
    output = Output.of(tmp_path / "out.jsonl")
    writer = output.open()
    writer.write(b"one\nmuch that was never counted\n")
    writer.close()
    writer = output.open(4)
    writer.write(b"two\n")
    writer.close()
    output.settle()
    assert (tmp_path / "out.jsonl").read_bytes() == b"one\ntwo\n"


def test_a_pipe_that_takes_a_few_bytes_at_a_time_gets_all() -> None:
    class Narrow(io.BytesIO):
        def write(self, data: Any) -> int:
            return super().write(data[:3])

    pipe = Narrow()
    writer = Writer(pipe, own=False)
    writer.write("Chợ phiên họp lại.".encode())
    assert pipe.getvalue().decode() == "Chợ phiên họp lại."
