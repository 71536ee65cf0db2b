"""Both languages, and English alone where a sentence is compared."""

import pytest

from gaps.i18n import Words


@pytest.fixture
def en() -> Words:
    return Words("en")


@pytest.fixture
def zh() -> Words:
    return Words("zh")
