"""A real model server for tests: llama.cpp's own server (xllamacpp) on a tiny random model. No tests here.

The model is made on the spot (0.1 s, 1 MB): 2 llama layers with random weights. Its text is noise, but everything
around the text is real: tokens, chat template, context limit, sampling, n choices, usage, error bodies. Its
tokenizer has pieces of English and falls back to bytes, so it takes any text.

`python tests/real_server.py serve MODEL PORT CONTEXT` is the server process that `start_llama` starts.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTEXT = 512
"""Tokens of one request, prompt and answer together, unless a server is started with another number."""

MODEL_NAME = "tiny-random"

SLOTS = 4
"""Requests that the server works on at once. `n` of a request may not be larger."""

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)

PIECES = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one
you were her all she there would their we him been has when who will more no if out so said what up its about into
than them can only other new some could time these two may then do first any my now such like our over man me even
most made after also did many before must through years where much your way well down should because each just those
people how too little state good very make world still own see men work long get here between both life being under
never day same another know while last might us great old year off come since against go came right used take three
"""
"""Word pieces. Frequent English words are enough: whatever is not here is spelled in letters or bytes."""


def make_gguf(path: Path, seed: int = 0) -> None:
    """Write a tiny llama model (width 64, 2 layers, head dim 32) with random weights to `path`."""
    import gguf
    import numpy as np

    width, layers, heads, hidden = 64, 2, 2, 128
    tokens, kinds = _vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(MODEL_NAME)
    writer.add_context_length(8192)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_rope_dimension_count(width // heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([float(len(token)) for token in tokens])  # longer pieces are merged first
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(CHAT_TEMPLATE)

    random = np.random.default_rng(seed)

    def add(name: str, *shape: int, scale: float = 0.1) -> None:
        writer.add_tensor(name, random.normal(0.0, scale, shape).astype(np.float32))

    def add_ones(name: str) -> None:
        writer.add_tensor(name, np.ones(width, dtype=np.float32))

    add("token_embd.weight", len(tokens), width, scale=1.0)
    for layer in range(layers):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{name}.weight", width, width)
        add(f"blk.{layer}.ffn_gate.weight", hidden, width)
        add(f"blk.{layer}.ffn_up.weight", hidden, width)
        add(f"blk.{layer}.ffn_down.weight", width, hidden)
        add_ones(f"blk.{layer}.attn_norm.weight")
        add_ones(f"blk.{layer}.ffn_norm.weight")
    add_ones("output_norm.weight")
    add("output.weight", len(tokens), width, scale=0.2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> tuple[list[str], list[int]]:
    """(pieces, llama.cpp's token types) of a sentencepiece vocabulary with a byte for everything that has no piece."""
    normal, unknown, control, byte = 1, 2, 3, 6
    vocabulary = {"<unk>": unknown, "<s>": control, "</s>": control}
    vocabulary |= {f"<0x{number:02X}>": byte for number in range(256)}
    vocabulary |= {f"▁{word}": normal for word in PIECES.split()}
    vocabulary |= dict.fromkeys(PIECES.split(), normal)
    vocabulary |= {chr(number): normal for number in range(33, 127)}
    vocabulary |= {"▁": normal}
    return list(vocabulary), list(vocabulary.values())


def serve(model: str, port: int, context: int) -> None:
    """Run the server in this process until it is killed or its stdin ends, as it does when the tests die."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = SLOTS
    params.n_ctx = context * SLOTS
    params.n_threads_http = 128  # a connection holds one until it was idle for 5 s, and others wait for it
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.warmup = False
    params.fit_params = False
    params.cache_ram_mib = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


@dataclass
class RealServer:
    """A running server. `base_url` ends in /v1, as configurations want it."""

    base_url: str
    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.communicate()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_llama(model: Path, port: int = 0, context: int = CONTEXT, wait: float = 30.0) -> RealServer:
    """Start the server on `port` (0: any free one) in a process of its own, and return when it answers.

    RuntimeError with the end of the server's log if it does not within `wait` seconds.
    """
    port = port or free_port()
    log = model.with_suffix(f".{port}.log")
    with log.open("ab") as stream:
        command = [sys.executable, str(Path(__file__).resolve()), "serve", str(model), str(port), str(context)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stream, stderr=stream)
    server = RealServer(f"http://127.0.0.1:{port}/v1", port, process)
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.base_url}/models", timeout=5).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
        else:
            return server
    server.kill()
    said = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"llama.cpp's server did not answer within {wait:.0f} s:\n{said}")


def ask(url: str, body: dict[str, Any] | None = None, timeout: float = 60.0) -> tuple[int, Any]:
    """(status, parsed JSON) of a GET, or of a POST where there is a body. Error statuses don't raise."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] != "serve":
        sys.exit(f"usage: python {Path(__file__).name} serve MODEL PORT CONTEXT")
    serve(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
