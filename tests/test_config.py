"""How the app starts on a machine that has never seen it."""

import tomllib
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("section", "option", "value"),
    [
        ("browser", "gatherUsageStats", False),
        ("server", "showEmailPrompt", False),
        ("server", "address", "localhost"),
        ("client", "showErrorDetails", "none"),
        ("client", "allowedOrigins", []),
    ],
)
def test_the_first_start_asks_nothing_and_tells_nobody(section, option, value):
    """Otherwise Streamlit waits for an address to be typed, reports usage, listens to the network, shows tracebacks to visitors
    and lets sites of its maker's cloud steer the app in a frame."""
    config = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config[section][option] == value
