"""The models that the settings name, each opened at its first use: packaged ones, a file, one behind an address."""

from collections.abc import Callable
from functools import partial

from emergence.kernel.embeddings.availability import BUILTIN_MODELS
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.compatible_access import CompatibleAccess
from emergence.kernel.embeddings.embedder import Embedder
from emergence.kernel.embeddings.onnx_file import OnnxEmbedder
from emergence.memory.choose_model import choose_model
from emergence.memory.embedders import Embedders
from emergence.memory.settings import MemorySettings


def open_embedders(settings: MemorySettings) -> Embedders:
    """Return the models; none is wanted behind an address where no vector can be compared anyway."""
    makers: dict[str, Callable[[], Embedder]] = {name: partial(BuiltinEmbedder, name) for name in BUILTIN_MODELS}
    chosen, elsewhere = choose_model(settings.memory_embedding_model), settings.compatible_access
    if elsewhere is not None:
        makers[elsewhere.name] = partial(_compatible, elsewhere)
    if (own := settings.onnx_model) is not None:
        makers[own.name] = partial(OnnxEmbedder, own)
    if chosen.name == "compatible":
        return Embedders(elsewhere.name if elsewhere and chosen.obstacle is None else None, makers)
    if chosen.name == "onnx":
        return Embedders(own.name if own and chosen.obstacle is None else None, makers)
    return Embedders(chosen.name, makers)


def _compatible(access: CompatibleAccess) -> Embedder:
    from emergence.kernel.embeddings.compatible import CompatibleEmbedder  # who uses it waits for it

    return CompatibleEmbedder(access)
