"""Libraries that only some work needs."""

import pytest

from locbao.predict.optional import MissingLibrary, need


def test_a_library_is_named_as_it_is_installed() -> None:
    with pytest.raises(MissingLibrary, match=r"needs nolibrary, which is not installed\. Try: pip install nolibrary,"):
        need("nolibrary.part", "Reading .nothing files")
