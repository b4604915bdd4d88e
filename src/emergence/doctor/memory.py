"""Looks at what finds memories by meaning: which model is meant, whether it is here, and whether it really runs."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import get_args

from emergence.doctor.finding import Finding
from emergence.kernel.embeddings.availability import BUILTIN_MODELS
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown
from emergence.kernel.embeddings.onnx_file import OnnxEmbedder, OnnxUnreadable, read_onnx_model
from emergence.memory.choose_model import AskedModel, choose_model

SUBJECT = "memory"
VARIABLE = "MEMORY_EMBEDDING_MODEL"
PATIENCE_S = 30.0  # a model starts within a second or two; the machine may be busy
QUESTION = "When did we talk about it?"
WORDS_ALONE = "Nothing to do: memory is searched by words, and finds less."


def look_at_memory(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield how memory finds things here; a packaged model is started and asked. Settings are checked elsewhere."""
    named = environ.get(VARIABLE, "").strip() or "auto"
    asked = next((model for model in get_args(AskedModel) if model == named), None)
    if asked is None:
        return
    chosen = choose_model(asked)
    if asked == "none":
        yield Finding(SUBJECT, "note", f"{VARIABLE} is none: it is searched by words alone", WORDS_ALONE)
    elif chosen.obstacle is not None:
        mend = WORDS_ALONE if "processor" in chosen.obstacle else f"Install a model, or set {VARIABLE} to none."
        yield Finding(SUBJECT, "note" if asked == "auto" else "problem", chosen.obstacle, mend)
    elif asked == "compatible":
        name = environ.get("MEMORY_EMBEDDING_NAME", "").strip()
        yield Finding(SUBJECT, "ok", f"vectors are made by {name} at MEMORY_EMBEDDING_URL, which was not asked")
    elif asked == "onnx":
        yield _own_model(environ.get("MEMORY_EMBEDDING_FILE", "").strip())
    for model in BUILTIN_MODELS:
        if chosen.name == model and chosen.obstacle is None:
            yield asyncio.run(does_run(BuiltinEmbedder(model)))


def _own_model(file: str) -> Finding:
    try:
        model = read_onnx_model(Path(file))
    except OnnxUnreadable as unreadable:
        return Finding(SUBJECT, "problem", str(unreadable), "Set MEMORY_EMBEDDING_FILE to the .onnx file of an export.")
    return asyncio.run(does_run(OnnxEmbedder(model)))


async def does_run(embedder: Embedder) -> Finding:
    """Return whether a model answers, and how fast once it has started."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await embedder.embed_query(QUESTION)
            began = perf_counter()
            await embedder.embed_query(QUESTION)
            took_ms = 1000 * (perf_counter() - began)
    except (EmbeddingDown, TimeoutError) as down:
        reason = str(down) or "it did not answer in time"
        mend = "Try again; if it stays so, install it anew with `make setup`. Until then words alone are searched."
        return Finding(SUBJECT, "problem", f"the embedding model {embedder.name} does not run: {reason}", mend)
    finally:
        await embedder.close()
    return Finding(SUBJECT, "ok", f"the embedding model {embedder.name} runs: {took_ms:.0f} ms a question")
