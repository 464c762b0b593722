"""The rehearsal endpoint when it misbehaves on request, and its server: log, capacity, signals."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_calls import ask_http, chat, post, served
from sdg.core.errors import UsageError
from sdg.rehearsal.faults import KINDS, Faults, Latency
from sdg.rehearsal.reply import answer


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504])
def test_every_status_can_be_asked_for(status: int) -> None:
    reply = post(chat(), x_sdg_fault=str(status))
    assert (reply.status, reply.headers["x-sdg-fault"]) == (status, str(status))
    assert reply.headers.get("retry-after") == ("1" if status == 429 else None)


def test_faults_spoil_a_good_reply_each_in_its_way() -> None:
    body = chat(n=4)
    good = post(body)
    spoilt = {kind: post(body, x_sdg_fault=kind) for kind in KINDS if kind not in ("reset", "hang")}
    assert {reply.status for reply in spoilt.values()} == {200}
    assert good.body.startswith(spoilt["cut"].body)
    assert 0 < len(spoilt["cut"].body) < len(good.body)
    assert spoilt["html"].headers["content-type"] == "text/html"
    assert spoilt["html"].body.startswith(b"<!DOCTYPE html>")
    assert b'"content":"\\ud83d' in spoilt["surrogate"].body
    read = {kind: orjson.loads(spoilt[kind].body)["choices"] for kind in ("null", "no-choices", "empty", "fewer")}
    assert [choice["message"]["content"] for choice in read["null"]] == [None] * 4
    assert (read["no-choices"], read["empty"], len(read["fewer"])) == (None, [], 2)


def test_in_process_a_reset_is_raised_and_a_hang_lasts_until_it_is_cancelled() -> None:
    with pytest.raises(ConnectionResetError):
        post(chat(), x_sdg_fault="reset")

    async def hang() -> None:
        await asyncio.wait_for(answer("POST", "/chat/completions", {"X-SDG-Fault": "hang"}, chat()), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(hang())


def test_over_http_a_reset_is_a_real_one_and_a_hang_holds_up_nobody_else() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-sdg-fault: %s\r\ncontent-length: %d\r\n\r\n"
    with served() as (port, _):
        with socket.create_connection(("127.0.0.1", port), 10) as reset:
            reset.sendall(head % (b"reset", len(chat())) + chat())
            with pytest.raises(ConnectionResetError):
                reset.recv(100)
        with socket.create_connection(("127.0.0.1", port), 0.5) as hung:
            hung.sendall(head % (b"hang", len(chat())) + chat())
            assert ask_http(port, chat())[0] == 200
            with pytest.raises(TimeoutError):
                hung.recv(100)


def test_faults_come_in_the_shares_asked_for_and_in_the_same_places_again() -> None:
    def run(seed: int) -> list[str]:
        faults = Faults.parse(["429=0.05", "reset=0.05", "null=0.1"], seed=seed)
        return [faults.draw(b"%d" % number)[0] for number in range(4000)]

    first = run(1)
    assert first == run(1) != run(2)
    for kind, share in (("429", 0.05), ("reset", 0.05), ("null", 0.1), ("", 0.8)):
        assert first.count(kind) == pytest.approx(4000 * share, abs=70)


def test_a_request_that_is_asked_again_gets_a_fresh_draw() -> None:
    faults = Faults.parse(["500=0.5"])
    statuses = [post(chat(), faults=faults).status for _ in range(60)]
    assert 15 < statuses.count(500) < 45
    assert set(statuses) == {200, 500}


@pytest.mark.parametrize(
    ("spec", "median"), [("fixed:0.05", 0.05), ("exponential:0.1", 0.0693), ("lognormal:0.5,1", 0.5)]
)
def test_latencies_have_the_shape_that_was_asked_for(spec: str, median: float) -> None:
    faults = Faults.parse(latency=spec)
    waits = sorted(faults.draw(b"%d" % number)[1] for number in range(4000))
    assert waits[2000] == pytest.approx(median, rel=0.1)
    assert waits[0] >= 0
    before = time.perf_counter()
    post(chat(), x_sdg_latency="fixed:0.2")
    assert time.perf_counter() - before >= 0.2


@pytest.mark.parametrize("option", ["429", "429=x", "429=-1", "rest=0.1", "200=0.1", "null=nan", "500=2"])
def test_a_wrong_fault_is_refused_in_words(option: str) -> None:
    with pytest.raises(UsageError, match=option.split("=")[0] if option != "500=2" else "more than 1"):
        Faults.parse([option])


@given(st.text(max_size=30))
def test_a_latency_is_read_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert Latency.parse(text).draw(0.5, 0.5) >= 0


def test_the_log_has_a_line_for_each_request_and_each_reply(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with served("500=1", log=str(log)) as (port, process):
        ask_http(port, chat(), x_sdg_sample="3")
        ask_http(port, b"", "/v1/models")
        with pytest.raises(ConnectionResetError):
            ask_http(port, chat("other"), x_sdg_fault="reset")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    shown = [(line["event"], line["request"], line["status"], line["fault"], line["sample"]) for line in lines]
    assert shown[:2] == [("in", 1, 0, "", "3"), ("out", 1, 500, "500", "3")]
    assert shown[2:] == [
        ("in", 2, 0, "", ""),
        ("out", 2, 200, "", ""),
        ("in", 3, 0, "", ""),
        ("out", 3, 0, "reset", ""),
    ]
    assert [line["number"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[0]["key"] == lines[1]["key"] != lines[4]["key"]


def test_beyond_its_capacity_the_server_answers_429_and_ctrl_c_ends_it_well() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-sdg-fault: hang\r\ncontent-length: %d\r\n\r\n"
    with served(capacity=1) as (port, process):
        with socket.create_connection(("127.0.0.1", port), 10) as busy:
            busy.sendall(head % len(chat()) + chat())
            time.sleep(0.3)
            status, headers, _ = ask_http(port, chat())
            assert (status, headers["retry-after"]) == (429, "0.1")
        time.sleep(0.3)  # the client went away: its place is free again
        assert ask_http(port, chat())[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
