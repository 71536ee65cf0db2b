"""What several test files share: where the data of others lie. Nothing heavy is built here."""

import contextlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

with contextlib.suppress(ImportError):  # a tool for developers, not needed to check an installation
    from hypothesis import settings

    # by default an example may take 200 ms: that would judge the machine and what else it does
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with other people's data and reference values; its tests are skipped only where it does not exist."""
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def kiosk(shared: Path) -> Path:
    """A real study: 211 respondents, 24 items in eight dimensions, overall quality 1 to 5."""
    return shared / "data" / "kiosk" / "kiosk-study.xlsx"
