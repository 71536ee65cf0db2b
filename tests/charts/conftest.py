"""Both languages, and English alone where a sentence is compared."""

import pytest

from gaps.i18n import Words


@pytest.fixture(params=["en", "zh"])
def words(request) -> Words:
    return Words(request.param)


@pytest.fixture
def en() -> Words:
    return Words("en")
