"""Progress on stderr: commands of one pipe share a terminal, logs get plain lines, nothing holds up the run."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sdg.core.terminal.board_file import BoardFile, State
from terminal import Terminal

COMMAND = """
import os, sys, time
from sdg.core import progress
from sdg.core.terminal import board
from sdg.core.progress import Progress, Status

name, steps, *options = sys.argv[1:]
progress.REFRESH, progress.LAST_WAIT, progress.CLOSE_WAIT, board.GATE_WAIT = 0.02, 0.3, 0.5, 0.3
progress.LOG_EVERY = 0.2 if "often" in options else 60
shown = Progress(name, "quiet" in options, None if "endless" in options else int(steps))
done = 0
shown.watch(lambda: Status(done, 64, done // 50, done * 1000))
shown.start()
for done in range(1, int(steps) + 1):
    time.sleep(0.01)
    if done % 20 == 0:
        shown.say(f"{name} says {done} 请求失败 in a message that is longer than the bar is wide, END")
    if "data" in options and done % 5 == 0:
        with shown.data_gate(1):
            os.write(1, f'{{"{name}": {done}, "text": "{done * "x"}"}}\\n'.encode())
    if "log" in options:
        print(done, file=open("ticks", "a"))
shown.close()
shown.say(f"{name}: {done} done")
"""


OURS = {"PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUTF8": "1"}
NONSENSE = b"\0" * 8 + b'{"lines": {"1": 2}, "shown": 7}'


@pytest.fixture
def run(tmp_path: Path) -> list[str]:
    """The beginning of a command line that runs COMMAND, as a list."""
    (tmp_path / "command.py").write_text(COMMAND)
    return [sys.executable, str(tmp_path / "command.py")]


def on_terminal(command: str, folder: Path, columns: int = 100, env: dict[str, str] | None = None) -> Terminal:
    return Terminal(command, {**OURS, "XDG_RUNTIME_DIR": str(folder), **(env or {})}, folder, columns)


def spoken(name: str, steps: int) -> list[str]:
    words = "请求失败 in a message that is longer than the bar is wide, END"
    says = [f"{name} says {n} {words}" for n in range(20, steps + 1, 20)]
    return [*says, f"{name}: {steps} done"]


def state_file(folder: Path) -> Path:
    """The file that a first command on the terminal has left."""
    (file,) = (folder / "sdg").glob("terminal-*.json")
    return file


def bars(lines: list[str]) -> list[str]:
    return [line for line in lines if re.search(r"\[\d\d:\d\d[<,]", line)]


def test_three_commands_of_one_pipe_show_a_bar_each_and_every_message_once(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    terminal = on_terminal(f"{python} prompts 60 | {python} respond 80 endless | {python} score 70 > data", tmp_path)
    # the bars stand in the order of the pipe as soon as all three are there
    pipe = re.compile(r"prompts +\d+%\|.+\| \d+/60 \[.*64 in flight.*\nrespond +\d+ done.*\nscore +\d+%")
    screen = terminal.read(
        lambda raw: re.search(r"prompts .*\r\nrespond .*\r\nscore .*\r\n", raw.replace("\x1b[K", ""))
    )
    assert pipe.search("\n".join(screen.text)), screen.text
    screen = terminal.read()
    assert terminal.end() == 0
    expected = spoken("prompts", 60) + spoken("respond", 80) + spoken("score", 70)
    assert sorted(screen.text) == sorted(expected)


def test_on_a_narrow_terminal_messages_wrap_and_bars_do_not(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    terminal = on_terminal(f"{python} prompts 40 | {python} score 40 > data", tmp_path, columns=37)
    screen = terminal.read()
    terminal.end()
    assert sorted(screen.text) == sorted(spoken("prompts", 40) + spoken("score", 40))


def test_data_on_the_same_terminal_stays_whole(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    terminal = on_terminal(f"{python} prompts 60 | {python} score 60 data", tmp_path, columns=150)
    screen = terminal.read()
    terminal.end()
    data = [f'{{"score": {n}, "text": "{n * "x"}"}}' for n in range(5, 61, 5)]
    assert [line for line in screen.text if line.startswith("{")] == data
    assert sorted(screen.text) == sorted(data + spoken("prompts", 60) + spoken("score", 60))
    assert re.search(r"prompts +\d+%", terminal.raw), "there were bars"


def test_beside_another_program_that_prints_on_the_terminal_there_are_no_bars(run: list[str], tmp_path: Path) -> None:
    terminal = on_terminal(f"{' '.join(run)} prompts 60 data often | cat", tmp_path)
    screen = terminal.read()
    terminal.end()
    assert "\x1b" not in terminal.raw
    assert any(re.fullmatch(r"prompts: \d+ of 60 done, .*", line) for line in screen.text), "a plain line instead"


def test_the_line_of_a_killed_command_goes(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    respond = f"sh -c 'echo $$ > pid; exec {python} respond 300'"
    # the shell has a word to say about a killed command, too: not on the terminal, here
    terminal = on_terminal(f"exec 3>&2 2>words; {python} prompts 60 2>&3 | {respond} 2>&3 > data", tmp_path)
    terminal.read(lambda raw: re.search(r"prompts +\d+%.*\nrespond +\d+%", raw))
    with state_file(tmp_path).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # not between its drawing and its writing that down: that leaves a line
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    so_far = len(terminal.raw)
    screen = terminal.read(lambda raw: len(raw) > so_far + 500 and raw.endswith("\x1b[J"))
    assert [line.split()[0] for line in bars(screen.text)] == ["prompts"]
    screen = terminal.read()
    terminal.end()
    assert bars(screen.text) == []


def test_a_stopped_terminal_does_not_stop_the_run(run: list[str], tmp_path: Path) -> None:
    terminal = on_terminal(f"{' '.join(run)} prompts 100 log", tmp_path)
    ticks = tmp_path / "ticks"
    terminal.read(lambda raw: re.search(r"prompts +\d+%", raw))
    terminal.type(b"\x13")  # Ctrl-S
    time.sleep(0.2)
    before = len(ticks.read_text().split())
    time.sleep(0.5)
    assert len(ticks.read_text().split()) > before + 20
    terminal.type(b"\x11")  # Ctrl-Q
    screen = terminal.read()
    terminal.end()
    assert screen.text == spoken("prompts", 100)


def test_a_lock_that_is_never_free_does_not_hold_up_the_run(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    terminal = on_terminal(f"{python} first 1; read go; {python} prompts 40 data", tmp_path)
    terminal.read(lambda raw: "first: 1 done" in raw)
    so_far = len(terminal.raw)
    with state_file(tmp_path).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        began = time.monotonic()
        terminal.type(b"go\n")
        screen = terminal.read()
        terminal.end()
    assert time.monotonic() - began < 6
    assert set(spoken("prompts", 40)) <= set(screen.text)
    assert "\x1b" not in terminal.raw[so_far:]


@pytest.mark.parametrize("content", [b"", b"{", b"[]" * 9, NONSENSE, b"\xff" * 5000, b"\0" * 8 + b"[" * 99999])
def test_a_state_that_cannot_be_read_is_no_state(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    fd = os.open(tmp_path / "file", os.O_RDONLY)
    assert BoardFile(fd).read() == State()
    os.close(fd)


def test_a_broken_state_file_is_begun_afresh(run: list[str], tmp_path: Path) -> None:
    python = " ".join(run)
    terminal = on_terminal(f"{python} first 1; read go; {python} prompts 20", tmp_path)
    terminal.read(lambda raw: "first: 1 done" in raw)
    so_far = len(terminal.raw)
    state_file(tmp_path).write_bytes(NONSENSE)
    terminal.type(b"\n")
    screen = terminal.read()
    assert terminal.end() == 0
    assert screen.text == ["first: 1 done", *spoken("prompts", 20)]
    assert re.search(r"prompts +\d+%", terminal.raw[so_far:])


def test_without_a_place_for_the_state_or_on_a_dumb_terminal_the_lines_are_plain(
    run: list[str], tmp_path: Path
) -> None:
    (tmp_path / f"sdg-{os.getuid()}").write_text("not a directory")
    for env in ({"XDG_RUNTIME_DIR": "/dev/null", "TMPDIR": str(tmp_path)}, {"TERM": "dumb"}):
        terminal = on_terminal(f"{' '.join(run)} prompts 40 often", tmp_path, env=env)
        screen = terminal.read()
        terminal.end()
        assert "\x1b" not in terminal.raw
        assert [line for line in screen.text if " of " not in line] == spoken("prompts", 40)


@pytest.mark.parametrize("quiet", [False, True])
def test_a_log_gets_a_plain_line_now_and_then_and_every_message(run: list[str], tmp_path: Path, quiet: bool) -> None:
    command = [*run, "prompts", "40", "often"] + (["quiet"] if quiet else [])
    env = {**os.environ, **OURS}
    ended = subprocess.run(command, capture_output=True, text=True, env=env, encoding="utf-8")
    lines = ended.stderr.splitlines()
    plain = [line for line in lines if re.fullmatch(r"prompts: \d+ of 40 done, [\d.]+/s, 64 in flight, .*tokens", line)]
    assert [line for line in lines if line not in plain] == spoken("prompts", 40)
    assert (len(plain) == 0) if quiet else (1 <= len(plain) <= 6)
    assert ended.stdout == ""


def test_a_closed_stderr_is_no_reason_to_fail(run: list[str], tmp_path: Path) -> None:
    env = {**os.environ, **OURS}
    command = f"{' '.join(run)} prompts 30 data log 2>&- > data"
    assert subprocess.run(["sh", "-c", command], env=env, cwd=tmp_path).returncode == 0
    assert (tmp_path / "data").read_text().count("\n") == 6
    assert "says" not in (tmp_path / "data").read_text() + (tmp_path / "ticks").read_text()


def test_tqdm_is_imported_only_when_there_is_something_to_draw() -> None:
    code = "import sys, sdg.core.progress as p; p.Progress('x', True).say('hm'); print('tqdm' in sys.modules)"
    env = {**os.environ, **OURS}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert (ended.stdout, ended.stderr) == ("False\n", "hm\n")
