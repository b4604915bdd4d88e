"""A small embedding model as an ONNX export: each word has a direction, and a text is the mean of its words."""

import json
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

WORDS = ("[UNK]", "sister", "sœur", "lyon", "printer", "ink", "query:", "passage:")
DIMENSIONS = 4
DIRECTIONS = numpy.array(
    [
        [0, 0, 0, 1], [1, 0, 0, 0], [1, 0.2, 0, 0], [0.8, 0, 0.4, 0],
        [0, 1, 0, 0], [0, 1, 0.1, 0], [0, 0, 1, 0], [0, 0, 0, 0],
    ],
    dtype=numpy.float32,
)  # fmt: skip


def written_model(folder: Path, *, pooling: str = "mean", prompts: dict[str, str] | None = None) -> Path:
    """Write an export into a folder as Sentence Transformers does; return its file."""
    (folder / "onnx").mkdir(parents=True)
    (folder / "1_Pooling").mkdir()
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"hidden_size": DIMENSIONS, "max_position_embeddings": 16}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({f"pooling_mode_{pooling}_token": True}))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts or {}}))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", DIMENSIONS])
    graph = helper.make_graph(
        [helper.make_node("Gather", ["directions", "input_ids"], ["last_hidden_state"])],
        "words",
        inputs,
        [output],
        [numpy_helper.from_array(DIRECTIONS, "directions")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    file = folder / "onnx" / "model.onnx"
    onnx.save(model, file)
    return file
