"""What a child process may not do while it reads a file from outside: limits of the kernel, set from within, once."""

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import Any

_NEWNET, _NEWUSER = 0x40000000, 0x10000000
_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_REFUSED = ("socket.", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.system", "subprocess.", "pty.")


@dataclass(frozen=True)
class Limits:
    """Bytes of address space and of one written file, seconds of processor, open files, and the parent's id."""

    memory: int
    file: int
    seconds: int
    parent: int
    files: int = 256


def die_with(parent: int) -> None:
    """Let this process end when its parent does, however that ends. SystemExit when the parent is already gone."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit("the parent is gone")


def confine(limits: Limits) -> None:
    """Limit this process for good; it dies with its parent. SystemExit when the parent is already gone."""
    die_with(limits.parent)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.unshare(_NEWNET) != 0:
        libc.unshare(_NEWUSER | _NEWNET)  # where neither is allowed the audit hook remains
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.files, limits.files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"{event} is not for a process that reads files")
