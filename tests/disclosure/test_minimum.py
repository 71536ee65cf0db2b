import logging

import pytest

from gaps import settings
from gaps.disclosure import Minimum
from gaps.model import Role


def test_defaults():
    assert [Minimum()[role] for role in Role] == [5, 3, 3]
    assert not Minimum().off


@pytest.mark.parametrize(("text", "expected"), [("8,4,2", Minimum(8, 4, 2)), ("7", Minimum(7, 7, 7)), (" 5, 3, 3 ", Minimum())])
def test_read_from_text(text, expected):
    assert Minimum.of(text) == expected
    assert Minimum.of(str(expected)) == expected


@pytest.mark.parametrize("text", ["", "5,3", "5,3,3,3", "five", "0", "5,-3,3", "5.5"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        Minimum.of(text)


def test_one_is_off():
    assert Minimum.of("1").off


def test_the_environment_decides_and_a_slip_uncovers_nobody(monkeypatch, caplog):
    monkeypatch.delenv("GAPS_MINIMUM", raising=False)
    assert settings.minimum() == Minimum()
    monkeypatch.setenv("GAPS_MINIMUM", "10,5,4")
    assert settings.minimum() == Minimum(10, 5, 4)
    monkeypatch.setenv("GAPS_MINIMUM", "none")
    with caplog.at_level(logging.ERROR):
        assert settings.minimum() == Minimum()
    assert "GAPS_MINIMUM" in caplog.text
