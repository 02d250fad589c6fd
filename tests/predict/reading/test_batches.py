"""Where batches end."""

from locbao.predict.reading.batches import PAGES_AT_ONCE, SIZE, batches


def test_a_batch_ends_at_so_many_pages_or_at_so_much_text() -> None:
    assert [len(batch) for batch in batches([1] * (2 * PAGES_AT_ONCE + 1), int)] == [PAGES_AT_ONCE, PAGES_AT_ONCE, 1]
    sizes = [SIZE - 1, 1, 1, 1, SIZE, 1]
    assert list(batches(sizes, int)) == [[SIZE - 1, 1], [1, 1, SIZE], [1]]
    assert list(batches([], int)) == []
