"""The browser of the tests: any Chromium or Chrome on the PATH, else Debian's, installed where root is at hand."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
ADVICE = "put chromium or google-chrome on the PATH, or name one in CHROMIUM"


def find() -> str | None:
    """Path of the browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install() -> str | None:
    """Path of the browser, installed through apt if none was there and we are root; None where that is impossible."""
    if find() or os.geteuid() or not shutil.which("apt-get"):
        return find()
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *command], stdin=subprocess.DEVNULL, env=quiet, check=False).returncode:
            break
    return find()


if __name__ == "__main__":
    found = install()
    sys.stdout.write(f"  browser: {found or f'none; browser tests will be skipped ({ADVICE})'}\n")
