"""The model's own program: loads the weights, serves them on loopback, ends when its input ends.

Started as a file so that nothing of the application is imported here. The first line of input is
a JSON object; the answer is one JSON line with the port, or with the error.
"""

import json
import os
import shutil
import sys
import threading
from typing import BinaryIO, TypedDict

LESS_URGENT = 5  # the web server goes first on a busy machine


class Order(TypedDict):
    """What to serve and how."""

    weights: str
    api_key: str
    model: str
    context_tokens: int
    temperature: float
    repeat_penalty: float
    openmp_folder: str | None


def main() -> None:
    # The runtime's native code prints on stdout too; the answer gets a channel of its own.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(LESS_URGENT)
    order: Order = json.loads(sys.stdin.buffer.readline())
    gone = threading.Thread(target=_exit_with_parent, args=(sys.stdin.buffer,), daemon=True)
    gone.start()
    try:
        address = _serve(order)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        _say(answer, {"error": str(error) or type(error).__name__})
        return
    _say(answer, {"address": address})
    gone.join()


def _serve(order: Order) -> str:
    import xllamacpp  # type: ignore[import-untyped]

    if order["openmp_folder"]:
        shutil.rmtree(order["openmp_folder"], ignore_errors=True)  # loaded: the name is not needed any more
    wanted = xllamacpp.CommonParams()
    wanted.model.path = order["weights"]
    wanted.model_alias = {order["model"]}
    wanted.hostnames, wanted.port = ["127.0.0.1"], 0
    wanted.api_keys = [order["api_key"]]
    wanted.cors_origins = "http://127.0.0.1"
    wanted.ui = wanted.endpoint_slots = wanted.endpoint_metrics = wanted.endpoint_props = False
    wanted.offline = True
    wanted.n_ctx, wanted.n_parallel, wanted.n_gpu_layers = order["context_tokens"], 1, 0
    wanted.cache_ram_mib = 0  # the default lets old prompts fill 8 GB
    wanted.n_threads_http = 2
    # Two generating threads on a busy two-core machine fall from 120 to as little as 2 tokens a second.
    wanted.cpuparams.n_threads, wanted.cpuparams_batch.n_threads = 1, 2
    wanted.warmup = False
    wanted.verbosity = 0
    wanted.sampling.temp = order["temperature"]
    wanted.sampling.penalty_repeat = order["repeat_penalty"]
    server = xllamacpp.Server(wanted)
    _kept.append(server)
    return str(server.listening_address)


_kept: list[object] = []  # a server stops when it is collected


def _say(answer: BinaryIO, words: dict[str, str]) -> None:
    answer.write(json.dumps(words).encode() + b"\n")
    answer.flush()


def _exit_with_parent(pipe: BinaryIO) -> None:
    """End of input means that the parent closed it or is dead; there is nothing to save."""
    pipe.read()
    os._exit(0)


if __name__ == "__main__":
    main()
