"""What to type for this program, in messages that name a command."""

import shutil
import sys
from pathlib import Path

NAME = "emergence"


def program_name() -> str:
    """Return `emergence` where the shell finds this one, else the path by which it was called."""
    called = Path(sys.argv[0])
    if called.name != NAME:
        return f"{sys.executable} -m {NAME}"
    found = shutil.which(NAME)
    return NAME if found is not None and called.exists() and Path(found).samefile(called) else str(called)
