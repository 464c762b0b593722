"""The request cache: what is paid for once is not paid for again, also while it is still under way."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fake_server import FakeServer, completion
from sdg.core.cache import Cache
from support import read_lines, sdg, write_lines


def test_equal_requests_that_are_under_way_at_the_same_time_are_paid_once(tmp_path: Path) -> None:
    failed = threading.Event()

    def answer(body: dict[str, Any]) -> tuple[Any, ...]:
        time.sleep(0.2)
        if "tulips" in str(body) and not failed.is_set():
            failed.set()
            return 400, {"error": {"message": "not this time"}}
        return 200, completion([{"content": f"About {body['messages'][0]['content']}"}])

    lines = [{"id": f"{plant}{n}", "prompt": plant} for n in range(10) for plant in ("roses", "tulips")]
    write_lines(tmp_path / "in.jsonl", lines)
    with FakeServer(answer) as server:
        config = str(server.config(tmp_path))
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", config)
        assert (done.returncode, server.calls) == (1, 3), "the refused one fails, and the next of its kind asks again"
        made = read_lines(tmp_path / "out.jsonl")
        assert len(made) == 19
        assert all(r["responses"][0]["messages"][0]["content"] == f"About {r['prompt'][0]['content']}" for r in made)
        assert "calls 3, cached 17" in done.stderr
        sdg(tmp_path, "respond", "in.jsonl", "-o", "all.jsonl", "--no-cache", "--config", config)
        assert server.calls == 23, "without the cache each is asked for"


def test_two_models_at_one_address_with_one_name_are_one_and_all_that_they_answer_is_kept(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": str(n), "prompt": f"Plot {n}"} for n in range(200)])

    def answer(body: dict[str, Any]) -> tuple[Any, ...]:
        time.sleep(0.002)
        return 200, completion([{"content": "Compost."}])

    with FakeServer(answer) as server:
        table = f'base_url = "{server.url}"\nmodel = "m"\n'
        (tmp_path / "sdg.toml").write_text(f"[models.one]\n{table}[models.two]\n{table}")
        command = ["respond", "in.jsonl", "-n", "2", "--model", "one,two"]
        first = sdg(tmp_path, *command)
        assert (first.returncode, first.stderr.count("Exception"), server.calls) == (0, 0, 200)
        assert sdg(tmp_path, *command).stdout.count("Compost.") == 400
        assert server.calls == 200, "every answer is in the cache"


def test_an_answer_that_is_put_twice_is_written_once_and_harms_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        cache = Cache(str(tmp_path / "c.db"), broken=pytest.fail)
        for round in range(3):
            cache.put(b"key", "the same")
            cache.put(b"%d" % round, round)
            await asyncio.sleep(0.03)
        assert cache.get(b"key") == "the same"
        await cache.close()
        again = Cache(str(tmp_path / "c.db"), broken=pytest.fail)
        assert [again.get(key) for key in (b"key", b"0", b"2", b"3")] == ["the same", 0, 2, None]
        await again.close()

    asyncio.run(run())


def test_the_body_goes_out_in_the_order_in_which_people_write_it(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(body: dict[str, Any]) -> tuple[Any, ...]:
        seen.append(json.dumps(body))
        return 200, completion([{"content": "Yes."}])

    with FakeServer(answer) as server:
        sdg(tmp_path, "respond", "--config", str(server.config(tmp_path)), stdin='{"prompt": "Is it?"}\n')
    assert seen[0].startswith('{"model": "m", "messages": [{"role": "user", "content": "Is it?"}]')
