"""Requests and tokens a minute, for each address."""

from __future__ import annotations

import pytest

from simulated import Simulated, ask


def most_in_a_minute(moments: list[float]) -> int:
    """The most that fall into any 60 seconds."""
    return max(sum(start <= moment < start + 59.99 for moment in moments) for start in moments)


def test_no_address_gets_more_requests_a_minute_than_the_configuration_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [Simulated(), Simulated()]
    done = ask(monkeypatch, servers, 1200, requests_per_minute=200)
    assert done.good == 1200
    for server in servers:
        assert 195 <= most_in_a_minute(server.came) <= 201
    assert done.seconds == pytest.approx(180, abs=3)


def test_tokens_are_counted_as_the_server_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(body=b'{"usage": {"total_tokens": 500}}')  # of which 100 are the request's
    done = ask(monkeypatch, [server], 600, concurrency=8, tokens_per_minute=100_000)
    assert done.good == 600
    assert done.seconds == pytest.approx(180, abs=6)
    assert most_in_a_minute(server.came) <= 210


def test_no_reply_and_no_request_costs_more_than_a_minute_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(body=b'{"usage": {"total_tokens": ' + b"9" * 400 + b"}}")
    done = ask(monkeypatch, [server], 6, concurrency=1, tokens_per_minute=1000)
    assert done.good == 6
    assert done.seconds < 6 * 61
    done = ask(monkeypatch, [Simulated()], 6, concurrency=1, tokens_per_minute=10)  # each request is of 100
    assert done.good == 6
    assert done.seconds < 6 * 61


def test_the_progress_line_says_that_requests_wait_for_nothing_but_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[str] = []
    ask(monkeypatch, [Simulated()], 30, waiting=waiting, requests_per_minute=30)
    assert set(waiting[1:-2]) == {"held to 30 requests a minute"}
    waiting = []
    ask(monkeypatch, [Simulated()], 1000, concurrency=4, waiting=waiting)
    assert set(waiting) == {""}
