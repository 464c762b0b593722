"""What one server refuses another may do; and what a run that stops, or a server that hangs, waits for."""

from __future__ import annotations

import pytest

from sdg.core.reply import Unreadable
from sdg.core.transport import Reply
from sdg.core.verdict import Meaning, judge
from simulated import TIMEOUT, Simulated, ask


def filtered(reply: Reply) -> str:
    """Reads what a content filter has taken from."""
    if reply.body == b"filtered":
        raise Unreadable("the server's content filter took the answer", "content filter", final=True)
    return "good"


@pytest.mark.parametrize("status", [200, 400])
def test_what_one_server_refuses_and_another_does_is_done_and_the_wrong_one_is_passed_over(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Simulated(lambda dice: 0.005, says=lambda number, time: status, body=b"filtered")
    done = ask(monkeypatch, [wrong, Simulated()], 2000, concurrency=40, read=filtered)
    assert done.good == 2000
    assert len(wrong.came) < 150, "it is asked by single probes once others have contradicted it"
    assert sum("the other servers do its work" in words for words in done.said) == 1


def test_what_two_servers_refuse_is_refused_and_no_third_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [Simulated(says=lambda number, time: 400 if number % 50 == 0 else 200) for _ in range(3)]
    done = ask(monkeypatch, servers, 1000, concurrency=30)
    assert (done.good, done.ends["RecordFailed"]) == (980, 20)
    assert sum(len(server.came) for server in servers) == 1020
    assert done.said == []


def test_what_the_only_server_that_is_there_refuses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [Simulated(says=lambda number, time: 400), Simulated(there=lambda time: False)]
    done = ask(monkeypatch, servers, 40, concurrency=4)
    assert done.ends["RecordFailed"] == 40
    assert done.seconds < 15


def test_a_server_that_asks_to_wait_is_left_alone_and_the_other_is_never_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Simulated(capacity=lambda time: 0, refusing=lambda dice: 0.1, retry_after="60")
    free = Simulated(lambda dice: 0.3, capacity=lambda time: 8)
    done = ask(monkeypatch, [full, free], 200, concurrency=64)
    assert done.good == 200
    assert done.seconds < 1.25 * 200 / 8 * 0.3
    assert len(full.came) < 80, "each request is refused once, and comes no sooner than it was told to"


def test_one_prompt_that_is_denied_costs_that_record_and_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in (1, 3):
        servers = [Simulated(says=lambda number, time: 403 if number == 70 else 200) for _ in range(count)]
        done = ask(monkeypatch, servers, 300, concurrency=8)
        assert (done.good, done.ends["RecordFailed"], done.said) == (299, 1, [])


def test_a_server_that_denies_what_another_does_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Simulated(says=lambda number, time: 404)
    done = ask(monkeypatch, [wrong, Simulated()], 300, concurrency=8)
    assert done.good == 300
    assert ["left out" in words for words in done.said] == [True]
    assert len(wrong.came) < 10


def test_denials_in_a_row_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    done = ask(monkeypatch, [Simulated(says=lambda number, time: 403 if time > 2 else 200)], 3000, concurrency=8)
    assert done.ends["RecordFailed"] == 2
    assert done.ends["stopped"] > 0
    fresh = Simulated(says=lambda number, time: 403)
    done = ask(monkeypatch, [fresh], 300, concurrency=8)
    assert (done.ends["RecordFailed"], done.good) == (0, 0)
    assert len(fresh.came) <= 8


def test_a_certificate_that_nobody_trusts_stops_the_run_and_other_trouble_after_the_first_contact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = ask(monkeypatch, [Simulated(broken="certificate not trusted")], 100, concurrency=8)
    assert done.seconds < 1
    assert "certificate not trusted" in done.said[0]
    assert "SSL_CERT_FILE" in done.said[0]
    done = ask(monkeypatch, [Simulated(broken="no secure connection")], 100, concurrency=8)
    assert 19 < done.seconds < 35
    assert any("gave no answer" in words for words in done.said)


def test_a_run_that_stops_does_not_wait_for_a_server_that_asks_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(capacity=lambda time: 100 if time < 2 else 0, retry_after="3600")
    done = ask(monkeypatch, [server], 3000, concurrency=32, stop_at=5, paid=True)
    assert done.seconds < 36
    assert done.ends["Interrupted"] > 0


def test_a_run_that_stops_does_not_wait_for_what_it_would_not_send(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(capacity=lambda time: 0, refusing=lambda dice: 2, retry_after="20")
    done = ask(monkeypatch, [server], 50, concurrency=32, stop_at=1.8)
    assert done.seconds < 3


def test_a_probe_that_hangs_keeps_no_server_away(monkeypatch: pytest.MonkeyPatch) -> None:
    back = Simulated(there=lambda time: not 2 <= time < 5, hangs=lambda time: 5 <= time < 20)
    done = ask(monkeypatch, [back, Simulated()], 20_000, concurrency=20)
    assert done.good + done.ends["RecordFailed"] == 20_000
    assert 30 < min(moment for moment in back.answers if moment > 5) < 50


def test_a_server_that_was_away_and_then_says_nothing_is_given_up_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Simulated(there=lambda time: not 2 <= time < 5, hangs=lambda time: time >= 5)
    done = ask(monkeypatch, [server], 3000, concurrency=20, patience=120)
    assert done.ends["stopped"] > 0
    assert any("gave no answer for" in words for words in done.said)
    assert done.seconds < 130 + TIMEOUT, "what is in flight has its time-out"
    assert len([moment for moment in server.came if moment > 130]) < 3


def test_a_server_that_answers_what_was_in_flight_is_said_to_be_back(monkeypatch: pytest.MonkeyPatch) -> None:
    flaky = Simulated(lambda dice: dice.uniform(0.5, 3), there=lambda time: not 2 <= time < 2.2)
    done = ask(monkeypatch, [flaky, Simulated()], 4000, concurrency=20)
    assert sum("until it answers" in words for words in done.said) == 1
    assert sum("answers again" in words for words in done.said) == 1


def test_a_get_request_leaves_no_server_out(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Simulated(says=lambda number, time: 401)
    done = ask(monkeypatch, [wrong, Simulated()], 20, concurrency=1, method="GET")
    assert (done.good, done.said) == (20, [])
    assert ask(monkeypatch, [wrong], 20, concurrency=1, method="GET").ends["stopped"] == 1


def test_no_part_of_a_key_is_shown_where_the_words_of_a_server_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-" + "a1b2c3d4" * 8
    monkeypatch.setenv("SOME_KEY", key)
    for length in range(200, 300, 7):
        body = b'{"error": {"message": "%b wrong key: %b"}}' % (b"x" * length, key.encode())
        server = Simulated(says=lambda number, time: 401, body=body)
        said = ask(monkeypatch, [server], 1, api_key_env="SOME_KEY").said[0]
        assert "answers 401: xxx" in said
        assert "a1b2" not in said


def test_a_gateway_without_a_database_of_keys_means_that_the_key_is_wrong() -> None:
    said = b'{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}'
    assert judge(400, {}, said).meaning is Meaning.STOP
    assert judge(404, {}, b'{"detail": "Not Found"}').meaning is Meaning.DENIED
    assert judge(404, {}, b'{"message": "The model `m` does not exist."}').meaning is Meaning.STOP
