"""What this processor allows the engines, which were compiled for newer ones: a wrong choice crashes the server."""

import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VectorSupport = Literal["indexed", "exact", "none"]

SENTENCES: dict[VectorSupport, str] = {
    "indexed": "This processor runs every vector operation, with indexes.",
    "exact": "This ARM processor has no SVE: vectors are compared exactly, without an index.",
    "none": "This processor has no AVX2: vector search is off and words alone are searched.",
}


@dataclass(frozen=True, slots=True)
class Processor:
    """An architecture name as `uname -m` says it, and the system's text about the processor's features."""

    machine: str
    text: str


def this_processor() -> Processor:
    """Read `/proc/cpuinfo`, or `sysctl` on macOS; the text is empty when neither tells."""
    machine = platform.machine().lower()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        return Processor(machine, cpuinfo.read_text(errors="replace"))
    if platform.system() == "Darwin":
        names = ["machdep.cpu.leaf7_features", "machdep.cpu.brand_string"]
        said = subprocess.run(  # noqa: S603 - a fixed program of the system
            ["/usr/sbin/sysctl", "-n", *names], capture_output=True, text=True, timeout=5, check=False
        )
        return Processor(machine, said.stdout)
    return Processor(machine, "")


def vector_support(processor: Processor) -> VectorSupport:
    """Return what pgvector of the wheel can do; SENTENCES says it to a person.

    Measured: without AVX2 on x86-64 any vector operator ends the server with an illegal instruction;
    on ARM without SVE so do HNSW builds and `halfvec`, while `vector <=> vector` works. Apple's
    own build for its processors has no such demand.
    """
    if processor.machine in ("x86_64", "amd64", "i386", "i686"):
        return "indexed" if has_avx2(processor) else "none"
    if processor.machine in ("aarch64", "arm64", "armv7l"):
        return "indexed" if _is_apple(processor) or "sve" in _features(processor) else "exact"
    return "none"


def has_avx2(processor: Processor) -> bool:
    return "avx2" in _features(processor)


def can_run_llama(processor: Processor) -> bool:
    """Return whether the prebuilt language model runtime runs: AVX2 on x86-64, any 64-bit ARM."""
    return processor.machine in ("aarch64", "arm64") or has_avx2(processor)


def _is_apple(processor: Processor) -> bool:
    # Linux in a virtual machine on an Apple computer has a Features line, and the Linux wheel.
    return "apple" in processor.text.lower() and "features" not in processor.text.lower()


def _features(processor: Processor) -> set[str]:
    return set(processor.text.lower().split())
