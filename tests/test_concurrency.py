"""How many requests a server gets at once: against sharp and changing capacity, stray refusals, silence, time-outs."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from simulated import Simulated, ask

Draw = Callable[[random.Random], float]
LATENCIES: dict[str, Draw] = {
    "fixed": lambda dice: 0.075,
    "exponential": lambda dice: dice.expovariate(1 / 0.075),
    "lognormal": lambda dice: dice.lognormvariate(-3, 1),
}


@pytest.mark.parametrize("latency", LATENCIES)
def test_a_server_that_takes_32_at_once_is_kept_full_and_refuses_few(
    latency: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Simulated(LATENCIES[latency], capacity=lambda time: 32)
    done = ask(monkeypatch, [server], 4000)
    assert done.good == 4000
    assert server.used(0, 0.9 * done.seconds) >= 0.95 * 32
    assert len(server.refusals) < 0.05 * len(server.came)


def test_the_number_follows_a_capacity_that_falls_and_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(lambda dice: dice.expovariate(10), lambda time: 32 if time < 8 else 16 if time < 16 else 64)
    done = ask(monkeypatch, [server], 8500)
    assert done.good == 8500
    assert server.used(1, 8) > 0.95 * 32
    assert server.used(9, 16) > 0.95 * 16
    assert server.used(18, 21) > 0.95 * 64
    assert len(server.refusals) < 0.05 * len(server.came)


def test_time_outs_shrink_it_as_refusals_do(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(lambda dice: dice.expovariate(5), capacity=lambda time: 20, full="timeout")
    done = ask(monkeypatch, [server], 6000, concurrency=64)
    assert done.good == 6000
    assert server.used(5, 0.9 * done.seconds) > 0.9 * 20
    assert len(server.refusals) < 0.05 * len(server.came)


def test_stray_refusals_and_faults_shrink_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(lambda dice: dice.expovariate(10), faults={"429": 0.05, "500": 0.02, "reset": 0.01})
    done = ask(monkeypatch, [server], 12_000, concurrency=128)
    assert done.good == 12_000
    assert server.peak == 128
    assert server.used(0, 9) > 0.95 * 128


def test_a_server_that_takes_all_has_1024_at_once_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(lambda dice: dice.lognormvariate(-0.7, 1))
    ask(monkeypatch, [server], 3000, concurrency=1024)
    assert server.peak == 1024
    assert server.came[1023] < 0.2


def test_a_small_server_is_not_run_over_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(lambda dice: 5.0, capacity=lambda time: 8, retry_after="1")
    done = ask(monkeypatch, [server], 80, concurrency=1024)
    assert done.good == 80
    assert done.seconds < 1.3 * 80 / 8 * 5
    assert len(server.refusals) < 40


def test_a_server_that_refuses_everything_is_left_alone_for_as_long_as_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(capacity=lambda time: 0 if time < 60 else 100, retry_after="20")
    done = ask(monkeypatch, [server], 1000, concurrency=64)
    assert done.good == 1000
    assert len(server.refusals) < 150, "1,000 requests that are refused three times would be 3,000"
    assert done.seconds < 85
    assert any("asks to wait" in words for words in done.said)


def test_a_gateway_that_refuses_slowly_is_not_asked_much_more_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(
        lambda dice: dice.expovariate(20),
        capacity=lambda time: 8,
        refusing=lambda dice: dice.expovariate(3),
        retry_after="",
    )
    done = ask(monkeypatch, [server], 1200, concurrency=64)
    assert done.good == 1200
    assert len(server.refusals) < 130, "56 are refused before a word is heard"
    assert server.used(0, 0.9 * done.seconds) > 0.95 * 8


def test_a_server_far_away_is_not_given_more_and_more_before_it_could_say_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Simulated(lambda dice: 3.0, connect_seconds=0.05)
    ask(monkeypatch, [server], 1000, concurrency=512)
    assert sum(moment < 3 for moment in server.came) == 64
    assert server.peak == 512
