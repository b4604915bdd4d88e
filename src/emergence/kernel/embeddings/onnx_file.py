"""A model of one's own: an ONNX file in a folder as exports write it, run in a process like the packaged ones.

Read from the folder: `tokenizer.json`, `config.json` (`hidden_size`, `max_position_embeddings`), and, where they are,
`1_Pooling/config.json` and `config_sentence_transformers.json` (`prompts`), as Sentence Transformers 3 and later
write them.
"""

import glob
import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from emergence.kernel.embeddings.availability import BuiltinModel
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.embedder import EmbeddingDown

PACKAGES = ("onnxruntime", "tokenizers")
NOT_INSTALLED = (
    "A model of one's own needs onnxruntime and tokenizers. Install them with `pip install 'emergence[onnx]'`."
)
WINDOW_TOKENS = 512  # read of a text at most, as with the packaged models
DIMENSIONS_MAX = 4_000  # of pgvector's halfvec
DIGEST_CHARACTERS = 12  # of a file's SHA-256: vectors of another file are never compared with its own
BATCH, CHARACTERS = 4, 1_500  # in a request, so that a question never waits for long
QUERY_PROMPTS, PASSAGE_PROMPTS = ("query",), ("document", "passage", "corpus")  # as exports name them


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """What the folder says of a model. `name` tells its file from every other; `pooling` is `mean` or `cls`."""

    name: str
    file: Path
    tokenizer: Path
    dimensions: int
    window: int
    pooling: str
    query_prompt: str
    passage_prompt: str

    def order(self) -> dict[str, object]:
        """Return what the process is told."""
        return {
            "model": "onnx",
            "folder": "",
            "file": str(self.file),
            "tokenizer": str(self.tokenizer),
            "window": self.window,
            "pooling": self.pooling,
            "prompts": {"query": self.query_prompt, "passages": self.passage_prompt},
        }


class OnnxUnreadable(ValueError):
    """The file, or what belongs beside it, is not there or says something else; the message says what to do."""


def onnx_unavailable_reason() -> str | None:
    """Return one sentence that says what to install, or None when ONNX files can be run here."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    return NOT_INSTALLED if missing else None


def read_onnx_model(file: Path) -> OnnxModel:
    """Return what is known of a model without loading it. Raises OnnxUnreadable."""
    if not file.is_file():
        raise OnnxUnreadable(f"{file}: there is no such file. Name the .onnx file itself.")
    folder = next((each for each in (file.parent, file.parent.parent) if (each / "tokenizer.json").is_file()), None)
    if folder is None:
        raise OnnxUnreadable(f"{file}: no tokenizer.json beside it or in the folder above. Copy the whole export.")
    config = _json_in(folder / "config.json")
    dimensions, positions = config.get("hidden_size"), config.get("max_position_embeddings")
    if not isinstance(dimensions, int) or not 1 <= dimensions <= DIMENSIONS_MAX:
        raise OnnxUnreadable(
            f"{folder / 'config.json'}: hidden_size is missing, or beyond {DIMENSIONS_MAX}. Copy the whole export."
        )
    pooling = _json_in(folder / "1_Pooling" / "config.json")
    prompts = _json_in(folder / "config_sentence_transformers.json").get("prompts")
    return OnnxModel(
        name=f"{folder.resolve().name}@{_digest(file)[:DIGEST_CHARACTERS]}",
        file=file.resolve(),
        tokenizer=(folder / "tokenizer.json").resolve(),
        dimensions=dimensions,
        window=min(WINDOW_TOKENS, positions) if isinstance(positions, int) else WINDOW_TOKENS,
        pooling="cls" if pooling.get("pooling_mode_cls_token") else "mean",
        query_prompt=_prompt(prompts, QUERY_PROMPTS),
        passage_prompt=_prompt(prompts, PASSAGE_PROMPTS),
    )


class OnnxEmbedder(BuiltinEmbedder):
    """One ONNX file, alone in its process, on one thread."""

    def __init__(self, model: OnnxModel) -> None:
        super().__init__(BuiltinModel(model.name, model.dimensions, BATCH, CHARACTERS))
        self._onnx = model

    def _order(self) -> Mapping[str, object]:
        if reason := onnx_unavailable_reason():
            raise EmbeddingDown(reason)
        return self._onnx.order()


def _digest(file: Path) -> str:
    """Return a hash of a model with the weights that large ones keep in files beside theirs."""
    whole = sha256()
    for part in (file, *sorted(file.parent.glob(f"{glob.escape(file.name)}[_.]*"))):
        with part.open("rb") as content:
            whole.update(file_digest(content, "sha256").digest())
    return whole.hexdigest()


def _prompt(prompts: object, names: Sequence[str]) -> str:
    known = prompts if isinstance(prompts, dict) else {}
    return next((str(known[name]) for name in names if name in known), "")


def _json_in(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as failed:
        raise OnnxUnreadable(f"{file}: not JSON ({failed}). Copy it again.") from None
    return found if isinstance(found, dict) else {}
