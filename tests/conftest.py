"""What several test files share: where the data of others lie. Nothing heavy is built here."""

import contextlib
import itertools
from pathlib import Path

import pytest

import gaps  # noqa: F401  (before numpy is loaded: it says how many cores a product takes)

_DIRECTORIES = itertools.count()
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

with contextlib.suppress(ImportError):  # a tool for developers, not needed to check an installation
    from hypothesis import settings

    # by default an example may take 200 ms: that would judge the machine and what else it does
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list) -> None:
    """What judges the tests that ran comes after them."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(autouse=True)
def own_folder(tmp_path_factory, monkeypatch) -> Path:
    """What the app keeps goes into a folder of the test's own, never into the user's; it does not exist until something is kept."""
    folder = tmp_path_factory.getbasetemp() / f"gaps-{next(_DIRECTORIES)}"
    monkeypatch.setenv("GAPS_FOLDER", str(folder))
    return folder


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
