"""How the app starts on a machine that has never seen it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config[section][option] == value


def test_nothing_is_sent_as_what_the_browser_has_already():
    """With Streamlit's default 11 of 19 sessions died within 20 page clicks in quick succession: "Cached ForwardMsg MISS"."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["global"]["minCachedMessageSize"] > 1e9


def test_one_core_for_each_question():
    """With two cores in use and all of them set to each product, the first view of a selection took two to four times as long."""
    told = "import sys, os, gaps; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for given, used in ((None, "1"), ("3", "3")):
        more = {} if given is None else {"OPENBLAS_NUM_THREADS": given}
        said = subprocess.run([sys.executable, "-c", told], env=environment | more, cwd=ROOT, capture_output=True, text=True, check=True)
        assert said.stdout.split() == ["False", used]
