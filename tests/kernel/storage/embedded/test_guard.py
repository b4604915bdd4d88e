"""The guard: signals its process when the pipe closes, and only then."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from emergence.kernel.storage.embedded.account import Account
from emergence.kernel.storage.embedded.guard import Guard


@pytest.fixture
def guarded() -> Iterator[subprocess.Popen[bytes]]:
    # Whoever runs the tests in the background may have them ignore interruptions, and what they start with them.
    sleeping = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); print(flush=True); time.sleep(60)"
    words = [sys.executable, "-c", sleeping]
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_closed_pipe_interrupts_the_process(guarded: subprocess.Popen[bytes]) -> None:
    guard = Guard(Account("me"), guarded.pid)
    time.sleep(0.2)

    os.close(guard._writing)

    assert guarded.wait(timeout=3) == -2


def test_a_dismissed_guard_does_nothing(guarded: subprocess.Popen[bytes]) -> None:
    Guard(Account("me"), guarded.pid).dismiss()

    assert guarded.poll() is None


def test_a_guard_that_was_killed_is_dismissed_quietly(guarded: subprocess.Popen[bytes]) -> None:
    guard = Guard(Account("me"), guarded.pid)
    guard._shell.kill()
    guard._shell.wait()

    guard.dismiss()

    assert guarded.poll() is None
