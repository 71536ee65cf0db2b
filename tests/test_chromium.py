"""The browser that `make test` drives: found, or installed, or asked for by name; never silently done without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "chromium.py"
pytestmark = pytest.mark.skipif(
    os.name == "nt" or Path("/Applications/Google Chrome.app").exists(),
    reason="plays with PATH; where Chrome has a fixed place it is found anyway",
)


@pytest.fixture
def machine(tmp_path):
    """A machine whose programs are these scripts and what they need; it cannot reach Playwright's server."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "env", "true", "cp", "chmod"):
        (programs / name).symlink_to(shutil.which(name))

    def find(scripts: dict[str, str], **environment: str) -> subprocess.CompletedProcess:
        for name, body in scripts.items():
            (programs / name).write_text(f"#!/bin/sh\n{body}\n")
            (programs / name).chmod(0o755)
        clean = {k: v for k, v in os.environ.items() if k != "CHROMIUM"}
        own = {
            "PATH": str(programs),
            "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
            "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
        }
        return subprocess.run([sys.executable, SCRIPT], env=clean | own | environment, capture_output=True, text=True, timeout=120)

    find.programs = programs
    return find


def test_one_that_starts_is_taken_and_a_stub_is_passed_over(machine):
    """Without snap, Ubuntu's `chromium-browser` is a script that only says what to install."""
    done = machine({"chromium-browser": "exit 1", "google-chrome": "exit 0"})
    assert (done.returncode, done.stdout.strip()) == (0, str(machine.programs / "google-chrome"))


def test_the_one_that_is_named_is_taken(machine, tmp_path):
    named = tmp_path / "mine"
    named.write_text("#!/bin/sh\nexit 0\n")
    named.chmod(0o755)
    done = machine({"chromium": "exit 0"}, CHROMIUM=str(named))
    assert (done.returncode, done.stdout.strip()) == (0, str(named))


def test_a_named_one_that_does_not_start_is_not_replaced_by_another(machine):
    done = machine({"chromium": "exit 0"}, CHROMIUM="/no/such/chromium")
    assert (done.returncode, done.stdout) == (1, "")
    assert "/no/such/chromium" in done.stderr


def test_the_systems_package_is_installed_where_there_is_none(machine):
    programs = machine.programs
    done = machine(
        {
            "sudo": '[ "$1" = -n ] && shift\nexec "$@"',
            "apt-get": f'[ "$1" = update ] || {{ cp {programs}/true {programs}/chromium; echo "apt-get $*"; }}',
        }
    )
    assert done.stdout.strip() == str(programs / "chromium")
    assert "-y --no-install-recommends chromium" in done.stderr


def test_without_any_way_it_fails_and_says_what_to_install(machine):
    done = machine({})
    assert (done.returncode, done.stdout) == (1, "")
    assert "apt install chromium" in done.stderr
    assert "playwright install" in done.stderr
