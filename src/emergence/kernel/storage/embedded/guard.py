"""Stops the server within a second when this program dies in a way that it cannot notice itself (kill -9)."""

import contextlib
import os
import subprocess

from emergence.kernel.storage.embedded.account import Account

# It reads a pipe whose other end only this program holds: end of file means that we are gone.
# Before it signals, the process must have the start time that it had at first: a pid may be reused.
# The 22nd field of /proc/PID/stat is that time (proc(5)); the second may hold blanks, hence the cut.
SCRIPT = r"""
trap '' HUP INT TERM
started() {
  if [ -r /proc/self/stat ]; then
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    set -- ${line##*) }
    echo "${20}"
  else
    ps -o lstart= -p "$1" 2>/dev/null
  fi
}
first=$(started "$1")
read -r word
[ "$word" = stopped ] && exit 0
[ -n "$first" ] && [ "$(started "$1")" = "$first" ] && kill -INT "$1"
"""


class Guard:
    """Watches over one server process from a shell of its own (2 MB), as the server's account.

    A fork of this program without exec would hold the pipe open too; nothing here forks that way.
    """

    def __init__(self, account: Account, server_pid: int) -> None:
        reading, self._writing = os.pipe()
        try:
            self._shell = account.popen(
                ["/bin/sh", "-c", SCRIPT, "emergence-guard", str(server_pid)], stdin=reading, output=subprocess.DEVNULL
            )
        except OSError:
            os.close(self._writing)
            raise
        finally:
            os.close(reading)

    def dismiss(self) -> None:
        """End the watch: the server has stopped. Blocks for a few milliseconds."""
        with contextlib.suppress(BrokenPipeError):  # somebody killed the shell
            os.write(self._writing, b"stopped\n")
        os.close(self._writing)
        self._shell.wait()
