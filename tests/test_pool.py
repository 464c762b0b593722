"""Several servers for one model: the least busy first, and away from those that are dead, wrong or at fault."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_server import FakeServer, completion
from one_process import several
from simulated import Simulated, ask
from support import SDG, environment, read_lines, sdg, some_prompts, write_lines
from test_resume import start, wait_for_lines

PATIENCE = 1.5


def always(status: int) -> Callable[[int, float], int]:
    """A server that says the same to all."""
    return lambda number, time: status


def test_work_goes_to_the_least_busy_and_the_concurrency_is_that_of_all_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick, slow = Simulated(lambda dice: 0.05), Simulated(lambda dice: 0.2)
    done = ask(monkeypatch, [quick, slow], 2000, concurrency=40)
    assert done.good == 2000
    assert quick.peak + slow.peak <= 41
    assert len(quick.came) == pytest.approx(4 * len(slow.came), rel=0.1)
    assert done.seconds == pytest.approx(2000 / (20 / 0.05 + 20 / 0.2), rel=0.1)


def test_a_dead_server_is_asked_by_single_probes_and_gets_work_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flapping = Simulated(there=lambda time: not 5 <= time < 35)
    others = [Simulated(), Simulated()]
    done = ask(monkeypatch, [flapping, *others], 30_000, concurrency=60)
    assert done.good == 30_000
    away = [moment for moment in flapping.came if 5.2 <= moment < 35]
    assert len(away) < 15
    assert all(server.used(5.3, 35) > 28 for server in others), "its work moves to the others at once"
    assert min(moment for moment in flapping.answers if moment > 35) < 47
    assert flapping.used(47, 48) > 15
    assert sum("other servers do its work" in words for words in done.said) == 1
    assert sum("answers again" in words for words in done.said) == 1


def test_one_dead_server_is_polled_by_one_request_not_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Simulated(there=lambda time: not 2 <= time < 30)
    done = ask(monkeypatch, [server], 3000, concurrency=64)
    assert done.good == 3000
    assert len([moment for moment in server.came if 2.2 <= moment < 30]) < 10
    assert min(moment for moment in server.answers if moment > 30) < 42


def test_a_server_of_several_that_fails_everything_is_passed_over_and_alone_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, good = Simulated(says=always(500)), Simulated()
    done = ask(monkeypatch, [broken, good], 3000, concurrency=30)
    assert done.good == 3000
    assert len(broken.came) < 60
    alone = Simulated(says=always(500))
    assert ask(monkeypatch, [alone], 10, concurrency=30).ends["RecordFailed"] == 10
    assert len(alone.came) == 60, "each request has its tries"


def test_a_server_that_refuses_the_key_is_left_out_with_one_message_and_the_last_one_stops_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong, good = Simulated(says=always(401)), Simulated()
    done = ask(monkeypatch, [wrong, good], 1000, concurrency=30)
    assert done.good == 1000
    assert len(wrong.came) < 30
    assert [words for words in done.said if "left out" in words and "answers 401" in words] == done.said
    both = ask(monkeypatch, [Simulated(says=always(401)), Simulated(says=always(401))], 100)
    assert both.good == 0
    assert both.ends["stopped"] > 0


def test_a_retry_goes_to_another_server_and_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    stray = Simulated(faults={"429": 0.1, "500": 0.1})
    done = ask(monkeypatch, [stray, Simulated()], 400, concurrency=20)
    assert done.good == 400
    assert done.seconds < 3


def test_a_second_address_keeps_the_answers_that_were_paid_for(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    table = '[models.instruct]\nbase_url = {}\nmodel = "m"\n'
    with FakeServer(lambda body: (200, completion([{"content": "Fine."}]))) as server:
        (tmp_path / "one.toml").write_text(table.format(json.dumps(server.url)))
        (tmp_path / "two.toml").write_text(table.format(json.dumps([server.url, "http://127.0.0.1:9/v1"])))
        (tmp_path / "twice.toml").write_text(table.format(json.dumps([server.url, server.url])))
        first, second, wrong = several(
            tmp_path, *(["respond", "in.jsonl", "--config", f"{name}.toml"] for name in ("one", "two", "twice"))
        )
    assert "calls 3, cached 0" in first.err
    assert "calls 0, cached 3" in second.err
    assert (wrong.status, "must name at least one, and none twice" in wrong.err) == (2, True)


class Rehearsals:
    """Three rehearsal endpoints that can be killed and started again at their addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        self.ports: list[int] = [each.getsockname()[1] for each in sockets]
        for each in sockets:
            each.close()
        self.start(*self.ports)

    def start(self, *ports: int) -> None:
        """Serve, each with a log that goes on."""
        for port in ports:
            command = ["rehearse", "--port", str(port), "--latency", "exponential:0.1", "--log", str(self.log(port))]
            self._running[port] = subprocess.Popen([*SDG, *command], env=environment(), stderr=subprocess.DEVNULL)
        for port in ports:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)

    def log(self, port: int) -> Path:
        """What it was asked and what it answered."""
        return self._folder / f"{port}.log"

    def asked(self, port: int) -> int:
        """How many requests came to it."""
        return self.log(port).read_text().count('"event":"in"')

    def kill(self, *ports: int) -> None:
        """As kill -9 does."""
        for port in ports:
            self._running.pop(port).kill()

    def close(self) -> None:
        """All of them."""
        self.kill(*self._running)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> object:
    servers = Rehearsals(tmp_path_factory.mktemp("three"))
    yield servers
    servers.close()


def configure(folder: Path, servers: Rehearsals, patience: float = PATIENCE) -> None:
    """The three as one model."""
    urls = [f"http://127.0.0.1:{port}/v1" for port in servers.ports]
    (folder / "sdg.toml").write_text(
        f'[models.instruct]\nbase_url = {json.dumps(urls)}\nmodel = "rehearsal-instruct"\npatience = {patience}\n'
    )


def test_one_of_three_is_killed_and_started_again_and_all_of_them_are_and_no_record_is_lost_or_doubled(
    three: Rehearsals, tmp_path: Path
) -> None:
    configure(tmp_path, three)
    write_lines(tmp_path / "in.jsonl", some_prompts(1200))
    command = ["respond", "in.jsonl", "-o", "out.jsonl", "--concurrency", "24"]
    first, *others = three.ports
    run = start(tmp_path, *command)
    wait_for_lines(tmp_path / "out.jsonl", 100)
    three.kill(first)
    time.sleep(0.3)
    before = sum(three.asked(port) for port in others)
    time.sleep(0.7)
    moved = sum(three.asked(port) for port in others) - before
    three.start(first)
    asked = three.asked(first)
    for _ in range(200):
        if three.asked(first) > asked + 20:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the server that is back gets no work")
    three.kill(*three.ports)
    _, said = run.communicate(timeout=60)
    assert moved > 50, f"24 in flight at 0.1 s are 240 a second, also with two servers: {moved}"
    assert run.returncode == 1, said
    assert f"http://127.0.0.1:{first}/v1: " in said
    assert "the other servers do its work until it answers" in said
    assert f"http://127.0.0.1:{first}/v1 answers again" in said
    assert "gave no answer for" in said
    assert "Run the same command again to go on" in said
    assert read_lines(tmp_path / "out.rejects.jsonl") == []
    lines = len(read_lines(tmp_path / "out.jsonl"))
    assert 100 < lines < 1200
    three.start(*others)  # two of three are enough
    again = sdg(tmp_path, *command, "--concurrency", "128")
    assert again.returncode == 0, again.stderr
    assert sorted(line["id"] for line in read_lines(tmp_path / "out.jsonl")) == sorted(f"p{n}" for n in range(1200))
