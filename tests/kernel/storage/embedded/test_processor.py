"""Which vector operations each processor gets, from the text that its system prints."""

import pytest

from emergence.kernel.storage.embedded.processor import (
    SENTENCES,
    Processor,
    VectorSupport,
    can_run_llama,
    this_processor,
    vector_support,
)

HASWELL = "flags\t\t: fpu sse4_2 avx f16c avx2 bmi2\nbugs\t\t: spectre_v1\n"
SANDY_BRIDGE = "flags\t\t: fpu sse4_2 avx aes\n"
RASPBERRY_PI_5 = "Features\t: fp asimd evtstrm aes pmull sha1 crc32 atomics asimddp\nCPU part\t: 0xd0b\n"
GRAVITON_3 = "Features\t: fp asimd evtstrm sve asimddp svebf16 i8mm\n"


@pytest.mark.parametrize(
    ("machine", "text", "support", "llama"),
    [
        ("x86_64", HASWELL, "indexed", True),
        ("x86_64", SANDY_BRIDGE, "none", False),
        ("x86_64", "", "none", False),
        ("aarch64", RASPBERRY_PI_5, "exact", True),
        ("aarch64", GRAVITON_3, "indexed", True),
        ("aarch64", RASPBERRY_PI_5 + "Hardware : Apple M2 virtual\n", "exact", True),
        ("arm64", "Apple M1\n", "indexed", True),
        ("x86_64", "RDWRFSGS BMI1 AVX2 SMEP BMI2\nIntel(R) Core(TM) i7\n", "indexed", True),
        ("riscv64", "isa : rv64imafdc\n", "none", False),
    ],
)
def test_a_processor_gets_what_it_can_run(machine: str, text: str, support: VectorSupport, llama: bool) -> None:
    processor = Processor(machine, text)

    assert vector_support(processor) == support
    assert can_run_llama(processor) is llama
    assert SENTENCES[support].endswith(".")


def test_this_processor_is_known() -> None:
    assert vector_support(this_processor()) in SENTENCES
