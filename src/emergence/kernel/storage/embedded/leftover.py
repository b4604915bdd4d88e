"""Deals with a server that outlived the program that started it, and with the pid file of one that did not."""

import os
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import structlog

from emergence.kernel.storage.embedded.errors import EngineFailed
from emergence.kernel.storage.embedded.plain_file import NotPlain, plain_file, read_plain, text_in

log = structlog.get_logger(__name__)

STOPS: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
# PostgreSQL's "fast" then "immediate" shutdown (manual, "Shutting Down the Server"), seconds to wait for each.
# Never SIGKILL: its children could go on writing.


def pid_lines(data: Path) -> list[str]:
    """Return the lines of `postmaster.pid`: pid, folder, start, port, sockets, address, memory key, status.

    No lines when there is no such file, or something else in its place.
    """
    try:
        return (read_plain(data / "postmaster.pid") or "").splitlines()
    except NotPlain:
        return []


def running_server(data: Path) -> psutil.Process | None:
    """Return the server that runs on these files.

    A pid alone proves nothing, it may have been given to another program since: the process must
    have been started as `postgres … -D <data>`.
    """
    first = next(iter(pid_lines(data)), "")
    if not first.strip().isdecimal():
        return None
    try:
        process = psutil.Process(int(first))
        words = process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    is_ours = bool(words) and Path(words[0]).name.startswith("postgres") and str(data) in words
    return process if is_ours else None


def clear_leftover(data: Path) -> None:
    """Stop a server that still runs on these files, and make its pid file harmless.

    Blocks; the caller holds the folder's lock. The server is stopped rather than adopted
    because the guard of the program that started it is about to stop it anyway.
    Raises EngineFailed when it does not stop.
    """
    server = running_server(data)
    if server is not None:
        log.warning("leftover_postgres_stops", pid=server.pid)
        _stop(server)
    _disarm_pid_file(data)


def _stop(server: psutil.Process) -> None:
    for how, patience_s in STOPS:
        try:
            server.send_signal(how)
            server.wait(timeout=patience_s)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return
    raise EngineFailed(f"PostgreSQL from an earlier run (process {server.pid}) does not stop. End it, then retry.")


def _disarm_pid_file(data: Path) -> None:
    """Keep a stale pid that now belongs to some other program from blocking the start.

    PostgreSQL removes a stale file itself, unless the number in it is alive again under the same
    account. Removing the file here would also remove the key by which it finds orphaned children
    still attached to the shared memory; so we put our own number there, which it ignores because we
    are its parent (CreateLockFile in miscinit.c), and leave it the check.
    """
    path = data / "postmaster.pid"
    try:
        with plain_file(path, os.O_RDWR) as descriptor:
            lines = text_in(descriptor).splitlines()
            if lines and lines[0].strip().isdecimal():
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, "\n".join([str(os.getpid()), *lines[1:], ""]).encode(), 0)
                return
    except FileNotFoundError:
        return
    except NotPlain as foreign:
        log.warning("postgres_pid_file_foreign", reason=foreign.strerror)
    path.unlink()  # empty or torn by a full disk, or no file at all: PostgreSQL refuses it, and it names no memory
