"""The models that the settings name, each opened at its first use: packaged ones, a file, one behind an address."""

from collections.abc import Callable
from functools import partial

from emergence.kernel.embeddings.availability import BUILTIN_MODELS
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.embedder import Embedder
from emergence.kernel.embeddings.onnx_file import OnnxEmbedder
from emergence.memory.choose_model import choose_model
from emergence.memory.embedders import Embedders
from emergence.memory.settings import MemorySettings


def open_embedders(settings: MemorySettings) -> Embedders:
    """Return the models; none is wanted behind an address where no vector can be compared anyway."""
    makers: dict[str, Callable[[], Embedder]] = {name: partial(BuiltinEmbedder, name) for name in BUILTIN_MODELS}
    chosen, elsewhere = choose_model(settings.memory_embedding_model), settings.memory_embedding_name
    if elsewhere is not None and settings.memory_embedding_url is not None:
        makers[elsewhere] = partial(_compatible, settings, settings.memory_embedding_url, elsewhere)
    if (own := settings.onnx_model) is not None:
        makers[own.name] = partial(OnnxEmbedder, own)
    if chosen.name == "compatible":
        return Embedders(elsewhere if chosen.obstacle is None else None, makers)
    if chosen.name == "onnx":
        return Embedders(own.name if own and chosen.obstacle is None else None, makers)
    return Embedders(chosen.name, makers)


def _compatible(settings: MemorySettings, base_url: str, model: str) -> Embedder:
    from emergence.kernel.embeddings.compatible import CompatibleAccess, CompatibleEmbedder  # who uses it waits for it

    key = settings.memory_embedding_key
    return CompatibleEmbedder(
        CompatibleAccess(
            base_url=base_url,
            model=model,
            dimensions=settings.memory_embedding_dimensions,
            api_key=key.get_secret_value() if key else None,
        )
    )
