"""`make reset`: back to a fresh checkout's data. Stops the embedded servers and removes what they and we stored."""

import fcntl
import shutil
import sys

from trimestrale import embedded, env, steps


def reset() -> None:
    """Empties EMBEDDED_DIR, uploads and lake; ``embedded.Unusable`` while somebody works with them.

    Nothing is touched where DATABASE_URL is set: that database would go on naming the files that are gone.
    """
    if env.text("DATABASE_URL"):
        raise embedded.Unusable(
            "DATABASE_URL is set: uploads and lake belong to that database, which is not ours to empty."
        )
    folders = [embedded.HOME, env.path("UPLOADS_DIR", "var/uploads"), env.path("LAKE_DIR", "var/lake")]
    if embedded.HOME.is_dir():
        with (embedded.HOME / "users.lock").open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise embedded.Unusable("The servers are in use: stop make run first.") from error
            embedded.stop()
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
            steps.say(f"  removed {folder}")


if __name__ == "__main__":
    try:
        reset()
    except embedded.Unusable as error:
        sys.exit(str(error))
