"""Where models come from: flag, environment, file, built in; and what of a configuration is refused, by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_server import FakeServer, completion
from sdg.core import config
from sdg.core.errors import UsageError
from support import environment, rehearsal, sdg, some_prompts, write_lines

FILE = '[models.instruct]\nbase_url = "http://file:1/v1"\nmodel = "from-file"\n'
HALF = '[models.instruct]\nmodel = "from-file"\n'


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No variable and no file of the machine."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "NVIDIA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize(
    ("file", "variables", "expected"),
    [
        ("", [], ("rehearsal:", "rehearsal-instruct", "")),
        ("", ["NVIDIA_API_KEY"], (config.NVIDIA_URL, "nvidia/nemotron-4-340b-instruct", "NVIDIA_API_KEY")),
        ("", ["OPENAI_BASE_URL"], ("http://openai:1/v1", "", "")),
        ("", ["OPENAI_BASE_URL", "OPENAI_API_KEY"], ("http://openai:1/v1", "", "OPENAI_API_KEY")),
        ("", ["OPENAI_API_KEY"], (config.OPENAI_URL, "", "OPENAI_API_KEY")),
        ("", ["OPENAI_BASE_URL", "NVIDIA_API_KEY"], ("http://openai:1/v1", "", "")),
        (HALF, ["OPENAI_BASE_URL", "OPENAI_API_KEY"], ("http://openai:1/v1", "from-file", "OPENAI_API_KEY")),
        (FILE, ["OPENAI_BASE_URL", "OPENAI_API_KEY", "NVIDIA_API_KEY"], ("http://file:1/v1", "from-file", "")),
    ],
)
def test_what_stands_for_instruct(
    file: str, variables: list[str], expected: tuple[str, str, str], clean: pytest.MonkeyPatch
) -> None:
    if file:
        Path("sdg.toml").write_text(file)
    for name in variables:
        clean.setenv(name, "http://openai:1/v1" if name.endswith("URL") else "sk-1")
    model = config.load(None).model("instruct")
    assert (model.base_url, model.model, model.api_key_env) == expected


def test_a_role_that_is_not_configured_is_asked_for_and_never_made_up(clean: pytest.MonkeyPatch) -> None:
    Path("sdg.toml").write_text(FILE)
    with pytest.raises(UsageError, match=r"no reward model is configured .*add a \[models\.reward\] table"):
        config.load(None).model("reward")


def test_a_file_given_goes_before_the_one_that_lies_here(clean: pytest.MonkeyPatch) -> None:
    Path("sdg.toml").write_text(FILE)
    Path("other.toml").write_text(FILE.replace("file:1", "other:1"))
    assert config.load("other.toml").model("instruct").base_url == "http://other:1/v1"


WRONG = {
    "unknown key": (
        '[models.instruct]\nbase_urll = "http://h/v1"\n',
        "unknown key 'base_urll'; did you mean 'base_url'",
    ),
    "unknown sampling": (FILE + "sampling = { temprature = 1 }\n", "unknown key 'sampling.temprature'; did you mean"),
    "unknown table": ("[model.instruct]\n", "unknown key 'model'; did you mean 'models'"),
    "no address": ('[models.instruct]\nbase_url = "localhost"\n', "is no address: write http://HOST:PORT/v1"),
    "no such port": ('[models.instruct]\nbase_url = "http://h:99999/v1"\n', "is no address"),
    "a password in it": ('[models.instruct]\nbase_url = "http://me:secret@h/v1"\n', "use api_key_env"),
    "a date to send": (FILE + "extra = { day = 2026-01-01 }\n", "extra: can't be sent as JSON"),
    "infinity": (FILE + "sampling = { temperature = inf }\n", "sampling.temperature"),
    "wrong format": (FILE + 'format = "nimm"\n', "format"),
    "not TOML": ("[models.instruct\n", "is not TOML"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_in_a_file_is_one_line_that_names_it(kind: str, tmp_path: Path) -> None:
    text, words = WRONG[kind]
    (tmp_path / "mine.toml").write_text(text)
    write_lines(tmp_path / "in.jsonl", some_prompts(1))
    done = sdg(tmp_path, "respond", "in.jsonl", "--config", "mine.toml")
    assert (done.returncode, done.stdout) == (2, "")
    [told] = done.stderr.splitlines()
    assert words in told
    assert "mine.toml" in told
    assert "secret" not in told.replace("api_key_env", "")


def test_a_name_that_is_no_table_is_a_model_of_the_instruct_endpoint(tmp_path: Path) -> None:
    asked: list[object] = []

    def answer(body: dict[str, object]) -> tuple[int, object]:
        asked.append(body["model"])
        return 200, completion([{"content": "Fine."}])

    with FakeServer(answer) as server:
        env = environment(OPENAI_BASE_URL=server.url)
        done = sdg(tmp_path, "respond", "--model", "org/other-7b", stdin='{"prompt": "x"}\n', env=env)
    assert asked == ["org/other-7b"]
    assert json.loads(done.stdout)["responses"][0]["model"] == "org/other-7b"


def test_two_servers_of_one_model_name_share_no_answers_unless_told_so(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1))
    texts = []
    for words, shared in (("First.", ""), ("Second.", ""), ("Third.", "mine"), ("Fourth.", "mine")):
        with FakeServer(lambda body, words=words: (200, completion([{"content": words}]))) as server:  # type: ignore[misc]
            done = sdg(tmp_path, "respond", "in.jsonl", "--config", str(server.config(tmp_path, cache_as=shared)))
        texts.append(json.loads(done.stdout)["responses"][0]["messages"][0]["content"])
    assert texts == ["First.", "Second.", "Third.", "Third."]


def test_made_up_text_is_marked_also_where_the_server_chose_the_model(tmp_path: Path) -> None:
    (tmp_path / "sdg.toml").write_text('[models.instruct]\nbase_url = "rehearsal:"\n')
    several = sdg(tmp_path, "respond", stdin='{"prompt": "x"}\n')
    assert several.returncode == 2
    assert "names no model; rehearsal: serves rehearsal-instruct, " in several.stderr
    with rehearsal(tmp_path) as server:
        config_file = server.config(tmp_path)
        done = sdg(tmp_path, "respond", "--config", str(config_file), stdin='{"prompt": "x"}\n')
    assert json.loads(done.stdout)["responses"][0]["rehearsal"] is True


def test_probe_says_what_works_and_what_to_change(tmp_path: Path) -> None:
    good = sdg(tmp_path, "probe")
    assert good.returncode == 0
    assert "it scores: POST /chat/completions gives the five attributes" in good.stdout
    with FakeServer(lambda body: (404, {"detail": "The model `m` does not exist."})) as server:
        nobody = '[models.reward]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "r"\npatience = 1\n'
        (tmp_path / "sdg.toml").write_text(server.config(tmp_path).read_text() + nobody)
        bad = sdg(tmp_path, "probe")
    assert bad.returncode == 1
    assert bad.stdout.count("WRONG") == 3  # two findings and the closing sentence
    assert "does not exist" in bad.stdout
    assert "Check base_url and that the server is running" in bad.stdout


def test_why_tells_every_entry_of_a_record_in_words(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [*some_prompts(2), {"id": "long", "prompt": "word " * 5000}])
    sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl")
    sdg(tmp_path, "filter", "length:min=100000", "out.jsonl", "-o", "none.jsonl")
    told = sdg(tmp_path, "why", "p0", "--rejects", "out.rejects.jsonl", "none.rejects.jsonl")
    assert told.returncode == 0
    assert "p0: dropped by length" in told.stdout
    assert "fewer than 100000" in told.stdout
    nothing = sdg(tmp_path, "why", "p7", "--rejects", "out.rejects.jsonl")
    assert nothing.returncode == 1
    assert "none of the 1 entries in out.rejects.jsonl is about p7" in nothing.stderr
    wrong = sdg(tmp_path, "why", "p0", "--rejects", "in.jsonl")
    assert (wrong.returncode, wrong.stderr) == (2, "why: in.jsonl line 1: this is no entry of a rejects file\n")
