"""Prompt templates and their tables of draws: finding, checking and filling them in.

No wording is in here (that is `prompts/`), no sampling option and no draw: the stage draws, with its
own seed, and hands the values in. Whatever a model or a document wrote enters as a value only and is
never parsed as a template.
"""

from __future__ import annotations

import hashlib
import tomllib
import traceback
from collections.abc import Iterable
from pathlib import Path

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sdg.core.errors import UsageError, nearest
from sdg.core.resources import builtin

AXES = ("kind", "level", "audience", "style")
"""What a table may vary. Each is a field of `Source`, so that every draw is on the record."""

LAYOUTS = "closed-qa/layouts"
"""The one folder of ours in which a user's file may have a new name: it is one layout more."""

PATTERNS = ("*/*.jinja", "*/*/*.jinja", "*/*.toml")
"""How deep names go; not deeper, so that a wrong --prompts (say /) is refused at once."""


class Template:
    """One template, parsed and checked.

    hash: 12 hex digits of the SHA-256 of the file's text (UTF-8, newlines as \\n).
    variables: the names that the text needs; one that it guards with `is defined` or `default` is not needed.
    Not made by hand but by `Templates.get`.
    """

    def __init__(self, name: str, path: Path, environment: jinja2.Environment) -> None:
        self.name = name
        self.path = path
        text = _read(path)
        self.hash = hashlib.sha256(text.encode()).hexdigest()[:12]
        try:
            tree = environment.parse(text, name=name, filename=str(path))
            _refuse_other_files(tree, path)
            needed = meta.find_undeclared_variables(tree) - set(environment.globals) - _guarded(tree)
            code = environment.compile(tree, name=name, filename=str(path))
        except jinja2.TemplateSyntaxError as error:
            raise UsageError(f"{path}, line {error.lineno}: {error.message}") from error
        self.variables = frozenset(needed)
        self._lines = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name)))}
        self._compiled = jinja2.Template.from_code(environment, code, environment.make_globals(None))

    def check(self, given: Iterable[str]) -> None:
        """UsageError if the text needs a variable that is not among `given`.

        For a stage's `open`: a misspelt variable in a branch that is seldom taken shows before anything is paid.
        """
        known = sorted(given)
        for name in sorted(self.variables - set(known)):
            line = self._lines.get(name, 1)
            raise UsageError(
                f"{self.path}, line {line}: there is no variable {name!r}{nearest(name, known)}; "
                f"this template gets: {', '.join(known) or 'none'}"
            )

    def render(self, **values: object) -> str:
        """The text with the values in it. UsageError names the file and the variable that is missing."""
        self.check(values)
        try:
            return self._compiled.render(values)
        except Exception as error:  # a template is a small program of the user's: it can raise anything
            frames = traceback.extract_tb(error.__traceback__)
            lines = [frame.lineno for frame in frames if frame.filename == str(self.path)]
            where = f"{self.path}, line {lines[-1]}" if lines else str(self.path)
            what = " ".join(str(error).split()) or type(error).__name__
            raise UsageError(f"{where}: {what}") from error


class Templates:
    """All templates and tables by name: ours, and over them, file by file, those of the user's folder.

    "open-qa/draft" is the file open-qa/draft.jinja, the table "open-qa/draws" the file open-qa/draws.toml.
    UsageError if the folder is missing or holds none of our names, or a misspelt one.
    """

    def __init__(self, user_dir: Path | None) -> None:
        self._environment = _environment()
        self._shipped = _files(builtin("prompts"))
        self._files = dict(self._shipped)
        self._read: dict[str, Template] = {}
        if user_dir is not None:
            self._files.update(_user_files(user_dir, self._shipped))

    def get(self, name: str) -> Template:
        """The template of this name, read once."""
        if name not in self._read:
            self._read[name] = Template(name, self._path(name, ".jinja", "template"), self._environment)
        return self._read[name]

    def names(self, folder: str) -> list[str]:
        """The names of the templates right in a folder, sorted: `names("closed-qa/layouts")`."""
        names = (key.removesuffix(".jinja") for key in self._files if key.endswith(".jinja"))
        return sorted(name for name in names if name.rpartition("/")[0] == folder)

    def table(self, name: str) -> dict[str, list[str]]:
        """The lists of a table, one an axis. UsageError if an axis is missing, unknown, empty or no list of texts.

        A user's table must have the axes of ours, because the templates of the task use all of them.
        """
        path = self._path(name, ".toml", "table")
        try:
            table = tomllib.loads(_read(path))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path}: not valid TOML: {error}") from error
        shipped = self._shipped.get(f"{name}.toml")
        axes: Iterable[str] = AXES if shipped is None else tomllib.loads(_read(shipped))
        for axis in table:
            if axis not in axes:
                raise UsageError(f"{path}: unknown list {axis!r}{nearest(axis, axes)}; known: {', '.join(axes)}")
        if shipped is not None and (missing := [axis for axis in axes if axis not in table]):
            raise UsageError(f"{path}: the list {missing[0]!r} is missing; it needs: {', '.join(axes)}")
        return {axis: _choices(path, axis, entries) for axis, entries in table.items()}

    def is_own(self, name: str) -> bool:
        """Whether a table comes from the user's folder."""
        return self._files.get(f"{name}.toml") != self._shipped.get(f"{name}.toml")

    def _path(self, name: str, suffix: str, what: str) -> Path:
        path = self._files.get(name + suffix)
        if path is None:
            known = [key.removesuffix(suffix) for key in self._files if key.endswith(suffix)]
            raise UsageError(f"there is no {what} {name!r}{nearest(name, known)}")
        return path


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Chance belongs to the stage's seed, never to a template: the same values must give the same request.
    del environment.filters["random"], environment.globals["lipsum"]
    return environment


def _files(folder: Path) -> dict[str, Path]:
    """{"open-qa/draft.jinja": its path, ...}"""
    paths = (path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _user_files(folder: Path, shipped: dict[str, Path]) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder of templates")
    files = _files(folder)
    if not any(key in shipped for key in files):
        example = builtin("prompts") / "open-qa" / "draft.jinja"
        raise UsageError(f"{folder}: holds none of our templates, as open-qa/draft.jinja would be (ours: {example})")
    tasks = {key.partition("/")[0] for key in shipped}
    for key, path in sorted(files.items()):
        is_new_layout = key.startswith(f"{LAYOUTS}/") and key.endswith(".jinja")
        if key not in shipped and key.partition("/")[0] in tasks and not is_new_layout:
            # It would be ignored without a word: most likely it is a misspelt override.
            raise UsageError(f"{path}: we have no template {key!r} to override{nearest(key, shipped)}")
    return files


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _refuse_other_files(tree: nodes.Template, path: Path) -> None:
    """A template is one file: what it brought in from another would escape its hash, and so the record."""
    outside = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
    node = next(tree.find_all(outside), None)
    if node is not None:
        word = {"FromImport": "from"}.get(type(node).__name__, type(node).__name__.lower())
        raise UsageError(f"{path}, line {node.lineno}: '{word}' of another file can't be used; put its text in here")


def _guarded(tree: nodes.Template) -> set[str]:
    """Names that the template itself provides for: `x is defined`, `x | default("")`."""
    tests = (test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined"))
    defaults = (filtered.node for filtered in tree.find_all(nodes.Filter) if filtered.name in ("default", "d"))
    return {node.name for node in (*tests, *defaults) if isinstance(node, nodes.Name)}


def _choices(path: Path, axis: str, entries: object) -> list[str]:
    if not isinstance(entries, list) or not entries:
        raise UsageError(f"{path}: {axis!r} must be a list of at least one text")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, str) or not entry.strip():
            raise UsageError(f"{path}: entry {number} of {axis!r} is not a text: {entry!r}")
        if entry in entries[: number - 1]:
            raise UsageError(f"{path}: {entry!r} stands twice in {axis!r}; every entry is drawn equally often")
    return [str(entry) for entry in entries]
