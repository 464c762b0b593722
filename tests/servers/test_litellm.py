"""`sdg respond` through LiteLLM's proxy: its limits, its timeouts, and what it makes of the servers behind it.

Behind it stand rehearsal endpoints with faults, and llama.cpp's server. All commands run at the same time, because one
of them has to wait for the next minute.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from served import Served, served

from real_server import CONTEXT, MODEL_NAME, make_gguf, start_llama
from support import SDG, Rehearsal, environment, read_lines, rehearsal, some_prompts, write_lines

KEY = "sk-of-the-proxy"
PER_MINUTE = 12
AT_ONCE = 8
RETRY_AFTER = 2
LONG_PROMPT = {"id": "long", "prompt": "Tell me everything about the history of the steam engine. " * 200}


def write_config(path: Path, models: dict[str, tuple[str, str, dict[str, Any]]]) -> Path:
    """The proxy's own file: name -> (model behind it, its base URL, further parameters). It is JSON, so it is YAML."""
    listed = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{model}", "api_base": url, "api_key": "none", **more},
        }
        for name, (model, url, more) in models.items()
    ]
    settings = {"optional_pre_call_checks": ["enforce_model_rate_limits"], "num_retries": 0}
    path.write_text(
        json.dumps(
            {"model_list": listed, "router_settings": settings, "general_settings": {"master_key": KEY}}, indent=1
        )
    )
    return path


@dataclass
class Run:
    """`sdg respond` at work in a folder of its own."""

    folder: Path
    process: subprocess.Popen[str]
    began: float

    def finish(self) -> tuple[int, str]:
        """(exit status, stderr), when it has come to its end."""
        _, said = self.process.communicate(timeout=200)
        assert "Traceback" not in said, said
        return self.process.returncode, said

    def answered(self) -> list[str]:
        """The ids of the prompts in the output."""
        return sorted(record["id"] for record in read_lines(self.folder / "out.jsonl"))


class Proxy:
    """LiteLLM's, and what is behind it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.behind = {name: self._rehearsal(stack, name, *options) for name, options in BEHIND.items()}
        make_gguf(folder / "tiny.gguf")
        self.llama = start_llama(folder / "tiny.gguf")
        stack.callback(lambda: self.llama.kill())
        limit = {"rpm": PER_MINUTE, "max_parallel_requests": 100}
        models = {
            "limited": ("rehearsal-instruct", self.behind["plain"].url, limit),
            "paced": ("rehearsal-instruct", self.behind["plain"].url, limit),
            "full": ("rehearsal-instruct", self.behind["takes a while"].url, {"max_parallel_requests": AT_ONCE}),
            "slow": ("rehearsal-instruct", self.behind["hangs"].url, {"timeout": 1}),
            "busy": ("rehearsal-instruct", self.behind["busy"].url, {}),
            "llama": (MODEL_NAME, self.llama.base_url, {}),
        }
        file = write_config(folder / "proxy.yaml", models)
        self.server = Served("litellm/litellm", folder / "proxy.log", "--config", str(file))
        stack.enter_context(served(self.server, path="/health/liveliness"))

    def _rehearsal(self, stack: ExitStack, name: str, *options: str) -> Rehearsal:
        (self.folder / name).mkdir()
        return stack.enter_context(rehearsal(self.folder / name, *options))

    def respond(self, model: str, prompts: list[dict[str, str]], *options: str, config: str = "") -> Run:
        """Start the command."""
        folder = Path(mkdtemp(dir=self.folder))
        write_lines(folder / "in.jsonl", prompts)
        table = [f'base_url = "{self.server.url}/v1"', f'model = "{model}"', 'api_key_env = "PROXY_KEY"', config]
        (folder / "sdg.toml").write_text("\n".join(["[models.instruct]", *table]))
        command = [*SDG, "respond", "in.jsonl", "-o", "out.jsonl", "--rejects", "rejects.jsonl", "--no-cache", *options]
        keyed = environment(PROXY_KEY=KEY)
        process = subprocess.Popen(
            command, cwd=folder, env=keyed, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        return Run(folder, process, time.time())


BEHIND = {
    "plain": (),
    "takes a while": ("--latency", "fixed:0.2"),
    "hangs": ("--fault", "hang=0.15"),
    "busy": ("--fault", "429=0.3", "--fault", f"retry-after={RETRY_AFTER}"),
}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with ExitStack() as stack:
        yield Proxy(tmp_path_factory.mktemp("proxy"), stack)


@pytest.fixture(scope="module")
def runs(proxy: Proxy) -> Iterator[dict[str, Run]]:
    if time.time() % 60 > 45:  # the limit is for each minute of the clock: a run over two of them would not meet it
        time.sleep(60 - time.time() % 60)
    short = "sampling = { max_tokens = 20 }"
    runs = {
        "limited": proxy.respond("limited", some_prompts(PER_MINUTE + 8)),
        "paced": proxy.respond("paced", some_prompts(10), config=f"requests_per_minute = {PER_MINUTE - 2}"),
        "full": proxy.respond("full", some_prompts(400), "--concurrency", "64"),
        "slow": proxy.respond("slow", some_prompts(40)),
        "busy": proxy.respond("busy", some_prompts(40)),
        "llama": proxy.respond("llama", [*some_prompts(8), LONG_PROMPT], "-n", "2", config=short),
        "nobody": proxy.respond("nobody", some_prompts(8)),
    }
    yield runs
    for run in runs.values():
        run.process.kill()


def ids(prompts: list[dict[str, str]]) -> list[str]:
    return sorted(prompt["id"] for prompt in prompts)


def asked_again(said: str) -> Counter[str]:
    """How often for which cause, as the last line on stderr has it."""
    found = re.search(r"asked again: ([^)]*)\)", said)
    return Counter(
        {cause: int(count) for cause, count in re.findall(r"([^,]+?) (\d+)(?:, |$)", found[1] if found else "")}
    )


def test_a_timeout_of_the_proxy_is_asked_again(proxy: Proxy, runs: dict[str, Run]) -> None:
    status, said = runs["slow"].finish()
    assert status == 0, said
    assert runs["slow"].answered() == ids(some_prompts(40))
    assert asked_again(said)["408"] > 0
    assert set(proxy.behind["hangs"].answered().values()) == {1}


def test_a_proxy_that_takes_few_requests_at_once_is_not_asked_for_many_more(proxy: Proxy, runs: dict[str, Run]) -> None:
    status, said = runs["full"].finish()
    assert status == 0, said
    assert runs["full"].answered() == ids(some_prompts(400))
    # It says so without a Retry-After, and only after a while. A client that went on as it began would have seven
    # requests of eight refused.
    assert 0 < asked_again(said)["429"] < 400 / 2
    assert set(proxy.behind["takes a while"].answered().values()) == {1}


def test_a_server_behind_the_proxy_that_asks_to_wait_is_left_alone_so_long(proxy: Proxy, runs: dict[str, Run]) -> None:
    status, said = runs["busy"].finish()
    assert status == 0, said
    assert runs["busy"].answered() == ids(some_prompts(40))
    refused: dict[str, float] = {}
    for entry in read_lines(proxy.behind["busy"].log):
        if entry["event"] == "in" and entry["key"] in refused:
            assert entry["time"] - refused[entry["key"]] >= RETRY_AFTER
        if entry["event"] == "out" and entry["fault"]:
            refused[entry["key"]] = entry["time"]
    assert len(refused) > 3


def test_a_prompt_too_long_for_the_server_behind_the_proxy_is_that_records_failure(runs: dict[str, Run]) -> None:
    status, said = runs["llama"].finish()
    assert status == 1, said
    assert runs["llama"].answered() == ids(some_prompts(8))
    assert all(len(record["responses"]) == 2 for record in read_lines(runs["llama"].folder / "out.jsonl"))
    [reject] = read_lines(runs["llama"].folder / "rejects.jsonl")
    assert (reject["id"], reject["cause"]) == ("long", "context too long")
    assert "ContextWindowExceededError" in reject["reason"]
    assert f"context size ({CONTEXT} tokens)" in reject["reason"]


def test_a_model_that_the_proxy_does_not_know_stops_the_run_at_once(runs: dict[str, Run]) -> None:
    status, said = runs["nobody"].finish()
    assert status == 2, said
    assert "Invalid model name passed in model=nobody" in said


def test_a_server_behind_the_proxy_may_be_killed_under_load_and_started_again(proxy: Proxy) -> None:
    prompts = some_prompts(120)
    run = proxy.respond("llama", prompts, config="sampling = { max_tokens = 60 }")
    out = run.folder / "out.jsonl"
    while run.process.poll() is None and not (out.exists() and out.read_bytes().count(b"\n") >= 20):
        time.sleep(0.02)
    assert run.process.poll() is None, run.finish()
    port = proxy.llama.port
    proxy.llama.kill()
    time.sleep(1)
    proxy.llama = start_llama(proxy.folder / "tiny.gguf", port)
    status, said = run.finish()
    assert status == 0, said
    assert run.answered() == ids(prompts)
    assert asked_again(said)["500"] > 0


def test_a_limit_of_requests_a_minute_is_waited_out_and_met_without_a_refusal_where_it_is_configured(
    proxy: Proxy, runs: dict[str, Run]
) -> None:
    status, said = runs["limited"].finish()
    assert status == 0, said
    assert runs["limited"].answered() == ids(some_prompts(PER_MINUTE + 8))
    # Each of the eight was refused, waited the minute that LiteLLM asks for, and was asked once more.
    assert asked_again(said)["429"] == 8
    assert (runs["limited"].folder / "out.jsonl").stat().st_mtime - runs["limited"].began > 60
    status, said = runs["paced"].finish()
    assert status == 0, said
    assert runs["paced"].answered() == ids(some_prompts(10))
    assert asked_again(said)["429"] == 0
