"""Finding, checking and filling in templates: a user's own over ours, and what is refused. No wording here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.errors import UsageError
from sdg.core.template import LAYOUTS, Templates


@pytest.fixture
def ours() -> Templates:
    return Templates(None)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def own(folder: Path, text: str) -> Templates:
    """Templates with the user's own open-qa/draft."""
    write(folder, "open-qa/draft.jinja", text)
    return Templates(folder)


def complaint(templates: Templates, **values: object) -> str:
    """What is said about the user's open-qa/draft when it is got and rendered."""
    with pytest.raises(UsageError) as caught:
        templates.get("open-qa/draft").render(**values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(st.text())
def test_any_text_comes_out_of_a_template_as_it_went_in(text: str) -> None:
    layout = Templates(None).get("closed-qa/layouts/plain-document-first")
    assert layout.render(document=text, instruction="i", language="English") == f"{text}\n\ni"


def test_a_users_file_takes_the_place_of_ours_and_only_of_that_one(ours: Templates, tmp_path: Path) -> None:
    text = "Überrasche mich: {{ topic }}\n"
    theirs = own(tmp_path, text)
    draft = theirs.get("open-qa/draft")
    assert draft.render(topic="Käse") == "Überrasche mich: Käse"
    assert draft.hash == hashlib.sha256(text.encode()).hexdigest()[:12]
    assert theirs.get("open-qa/revise").hash == ours.get("open-qa/revise").hash


def test_the_hash_is_the_same_with_windows_newlines_and_a_bom(tmp_path: Path) -> None:
    plain = own(tmp_path / "a", "one\n{{ topic }}\n").get("open-qa/draft")
    windows = own(tmp_path / "b", "\ufeffone\r\n{{ topic }}\r\n").get("open-qa/draft")
    assert windows.hash == plain.hash
    assert windows.render(topic="x") == plain.render(topic="x") == "one\nx"


def test_a_user_may_add_a_layout_but_not_misspell_an_override(tmp_path: Path) -> None:
    write(tmp_path, f"{LAYOUTS}/plain-mine.jinja", "{{ document }}|{{ instruction }}")
    write(tmp_path, "open-qa/draft.jinja", "{{ topic }}")
    assert f"{LAYOUTS}/plain-mine" in Templates(tmp_path).names(LAYOUTS)
    write(tmp_path, "open-qa/revize.jinja", "{{ draft }}")
    with pytest.raises(UsageError, match=r"revize\.jinja.*did you mean 'open-qa/revise\.jinja'"):
        Templates(tmp_path)


def test_a_folder_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        Templates(tmp_path / "nowhere")
    write(tmp_path, "letters/draft.jinja", "x")
    with pytest.raises(UsageError, match="holds none of our templates"):
        Templates(tmp_path)


def test_an_unknown_name_gets_the_nearest_one(ours: Templates) -> None:
    with pytest.raises(UsageError, match="no template 'open-qa/drafd'; did you mean 'open-qa/draft'"):
        ours.get("open-qa/drafd")
    with pytest.raises(UsageError, match="no table 'maths/draws'; did you mean 'math/draws'"):
        ours.table("maths/draws")
    with pytest.raises(UsageError, match="no template"):
        ours.get("../sdg/prompts/open-qa/draft")


def test_a_missing_variable_is_named_with_file_line_and_those_that_exist(tmp_path: Path) -> None:
    said = complaint(own(tmp_path, "Ask.\n{{ topci }}"), topic="x", count=3)
    path = tmp_path / "open-qa" / "draft.jinja"
    assert said == (
        f"{path}, line 2: there is no variable 'topci'; did you mean 'topic'?; this template gets: count, topic"
    )


def test_a_variable_in_a_branch_that_is_not_taken_is_missed_too(tmp_path: Path) -> None:
    template = own(tmp_path, "{% if known %}{{ knwon }}{% endif %}{{ range(2) | list }}").get("open-qa/draft")
    with pytest.raises(UsageError, match="'knwon'"):
        template.check(["known"])


def test_a_template_may_provide_for_a_variable_that_is_not_there(tmp_path: Path) -> None:
    template = own(tmp_path, '{{ mood | default("calm") }}{% if place is defined %}{{ place }}{% endif %}')
    assert template.get("open-qa/draft").render() == "calm"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fine\n{% if topic %}\n", "line 2: Unexpected end of template"),
        ("fine\n\n{{ topic", "line 3: "),
        ("{{ topic | shuot }}", "line 1: No filter named 'shuot'"),
        ("{{ known | random }}", "line 1: No filter named 'random'"),
        ('a\n{% include "/etc/passwd" %}', "line 2: 'include' of another file can't be used"),
        ('{% extends "../x.jinja" %}', "line 1: 'extends' of another file can't be used"),
        ('{% from "x.jinja" import y %}', "line 1: 'from' of another file can't be used"),
        ("a\n{{ topic.nothing }}", "line 2: 'str object' has no attribute 'nothing'"),
        ("a\nb\n{{ topic + 1 }}", "line 3: can only concatenate str"),
        ("{{ known.append(3) }}", "line 1: access to attribute 'append'"),
        ("{{ topic.__class__.__mro__ }}", "line 1: access to attribute '__class__'"),
        ("{{ '{0.__class__}'.format(topic) }}", "line 1: access to attribute '__class__'"),
        ("{{ range(10**9) | list }}", "line 1: Range too big"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "open-qa" / "draft.jinja"
    assert complaint(own(tmp_path, text), topic="x", known=["a"]).startswith(f"{path}, {said}")


def test_a_template_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    templates = own(tmp_path, "x")
    (tmp_path / "open-qa" / "draft.jinja").write_bytes(b"caf\xe9")
    assert "draft.jinja: not UTF-8 text (byte 3)" in complaint(templates)


CODING = 'kind = ["a function"]\nstyle = ["an exercise"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CODING + "level = 3 4", r"not valid TOML: .*line 3"),
        (CODING, "the list 'level' is missing; it needs: level, kind, style"),
        (CODING + 'levle = ["x"]', "unknown list 'levle'; did you mean 'level'"),
        (CODING + "level = []", "'level' must be a list of at least one text"),
        (CODING + 'level = "beginner"', "'level' must be a list"),
        (CODING + 'level = ["beginner", 3]', "entry 2 of 'level' is not a text: 3"),
        (CODING + 'level = ["x", "y", "x"]', "'x' stands twice in 'level'"),
    ],
)
def test_a_table_that_cannot_be_drawn_from_is_refused(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, "coding/draws.toml", text)
    with pytest.raises(UsageError, match=rf"draws\.toml: {said}"):
        Templates(tmp_path).table("coding/draws")


def test_a_users_table_takes_the_place_of_ours(tmp_path: Path) -> None:
    write(tmp_path, "coding/draws.toml", CODING + 'level = ["retired"]')
    assert Templates(tmp_path).table("coding/draws")["level"] == ["retired"]
