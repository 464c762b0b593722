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
        assert (done.returncode, server.calls) == (1, 11), "who waited for the refused one goes on by itself"
        made = read_lines(tmp_path / "out.jsonl")
        assert len(made) == 19
        assert all(r["responses"][0]["messages"][0]["content"] == f"About {r['prompt'][0]['content']}" for r in made)
        assert "calls 11, cached 9" in done.stderr
        sdg(tmp_path, "respond", "in.jsonl", "-o", "all.jsonl", "--no-cache", "--config", config)
        assert server.calls == 31, "without the cache each is asked for"


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


@pytest.mark.parametrize("server_takes", ["any n", "n = 1 only", "any n, and gives one"])
def test_equal_prompts_with_several_answers_each_are_paid_once(tmp_path: Path, server_takes: str) -> None:
    def answer(body: dict[str, Any]) -> tuple[Any, ...]:
        time.sleep(0.02)
        n = body.get("n", 1)
        if server_takes == "n = 1 only" and n > 1:
            return 400, {"error": {"message": "n must be 1"}}
        given = [{"content": f"{number} of {n}"} for number in range(1 if "one" in server_takes else n)]
        paid.append(len(given))
        return 200, completion(given)

    paid: list[int] = []
    lines = [{"id": f"{plot} {twin}", "prompt": f"Plot {plot}"} for plot in range(15) for twin in "ab"]
    write_lines(tmp_path / "in.jsonl", lines)
    with FakeServer(answer) as server:
        done = sdg(tmp_path, "respond", "in.jsonl", "-n", "4", "--config", str(server.config(tmp_path)))
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(line["responses"]) for line in made] == [4] * 30
    assert sum(paid) == 15 * 4


def test_who_waited_for_a_request_that_fails_goes_on_at_once_and_not_one_after_the_other(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": str(n), "prompt": "The same"} for n in range(12)])

    def answer(body: dict[str, Any]) -> tuple[Any, ...]:
        time.sleep(0.3)
        return 400, {"error": {"message": "never"}}

    with FakeServer(answer) as server:
        began = time.monotonic()
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert (done.returncode, server.calls) == (1, 12)
    assert time.monotonic() - began < 3, "twelve in a row take 3.6 s"


def test_answers_are_found_under_every_address_of_a_model(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"prompt": f"Plot {n}"} for n in range(10)])
    with FakeServer(lambda body: (200, completion([{"content": "Compost."}]))) as one:
        addresses = [one.url, one.url.replace("127.0.0.1", "localhost")]
        for order in (addresses[:1], addresses, addresses[::-1]):
            (tmp_path / "sdg.toml").write_text(f'[models.instruct]\nbase_url = {order}\nmodel = "m"\n')
            assert sdg(tmp_path, "respond", "in.jsonl").returncode == 0
        assert one.calls == 10


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
