"""`make locks`: every lock anew from what we ask for. Locks hold exact versions and hashes, and no address."""

import sys

from trimestrale import assets, steps
from trimestrale.env import BASE_DIR

OPTIONS = ["--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--quiet"]
NO_ADDRESS = ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links"]


def main() -> None:
    """Rewrites requirements/*.txt, package-lock.json and assets.lock.json."""
    for source in sorted((BASE_DIR / "requirements").glob("*.in")):
        files = ["--output-file", str(source.with_suffix(".txt")), str(source)]
        steps.command(
            f"requirements/{source.stem}.txt",
            [sys.executable, "-m", "piptools", "compile", *OPTIONS, *NO_ADDRESS, *files],
        )
    steps.command("package-lock.json", ["npm", "install", "--package-lock-only", "--ignore-scripts"], BASE_DIR)
    steps.command("node_modules", ["npm", "ci", "--ignore-scripts"], BASE_DIR)
    with steps.step("assets.lock.json"):
        assets.lock()


if __name__ == "__main__":
    main()
