"""Print the path of a Chromium that starts, and install one where there is none.

Looked for in this order: $CHROMIUM, the system's, Playwright's own. Installed in this order: the system's package (apt-get, as root or
with a sudo that asks no password), Playwright's download. Where neither works: says what to install, and fails.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def starts(path: str | None) -> bool:
    """Whether it runs at all: Ubuntu's package `chromium-browser` without snap is a script that only complains."""
    if not path or not Path(path).exists():
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights() -> str:
    """Where Playwright keeps its own Chromium, installed or not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        return p.chromium.executable_path


def candidates() -> Iterator[str | None]:
    """Where to look, in order."""
    yield from map(shutil.which, NAMES)
    yield MAC
    yield playwrights()


def find() -> str | None:
    """The first Chromium that starts."""
    return next(filter(starts, candidates()), None)


def run(*command: str) -> bool:
    """Run a command, its output on stderr: stdout carries the path alone."""
    print("$", *command, file=sys.stderr, flush=True)
    try:
        return subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def as_root() -> list[str] | None:
    """How to run a command as root without being asked; None where that is not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install() -> str | None:
    """Install one, by the system's package or by Playwright."""
    print("No Chromium found for the browser tests: installing one.", file=sys.stderr)
    apt = shutil.which("apt-get")
    root = as_root() if apt else None
    if root is not None:
        environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
        run(*root, *environment, "apt-get", "update", "-qq")
        run(*root, *environment, "apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium")
        if found := find():
            return found
    run(sys.executable, "-m", "playwright", "install", *(["--with-deps"] if root is not None else []), "chromium")
    return find()


def main() -> int:
    """Print the path; 1 where there is none."""
    if wanted := os.environ.get("CHROMIUM"):
        if starts(wanted):
            print(wanted)
            return 0
        print(f"CHROMIUM={wanted} does not start. Correct it, or leave it unset to have one found.", file=sys.stderr)
        return 1
    if found := find() or install():
        print(found)
        return 0
    print(
        "The browser tests need Chromium, and it could not be installed. Install it yourself: `sudo apt install chromium` (Debian), "
        "Google Chrome (other systems), or `.venv/bin/python -m playwright install --with-deps chromium`; "
        "or name one: CHROMIUM=/path/to/chromium make test",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
