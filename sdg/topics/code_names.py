"""Names that are frequent in real Python source: modules, calls, decorators, exceptions, constructs. Runs no code.

Counted is in how many files a name occurs, so that one long file has no more weight than a short one. A name comes with
a word for what it is ("functools.lru_cache decorator"), because it is to stand alone as a topic.
"""

from __future__ import annotations

import ast
import builtins
import datetime
import re
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from sdg.core.errors import UsageError

MOST = 200
FEWEST_FILES = 2
_TRIVIAL = """
    len print range str int float bool list dict set tuple type super isinstance open repr object bytes append extend
    format join split strip get items keys values add update pop lower upper replace startswith endswith encode decode
    close read write copy staticmethod classmethod Exception BaseException typing typing.cast typing.TypeVar
"""
TRIVIAL = frozenset(_TRIVIAL.split())
"""Names that are in every file, or say too little for a task."""

_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and not issubclass(value, Warning)
)
_TYPES = (str, list, dict, set, bytes, int, re.Pattern, re.Match, Path, datetime.datetime, deque, Counter)
_METHODS = {name: kind.__name__ for kind in reversed(_TYPES) for name in dir(kind)}
"""{"removeprefix": "str", ...}: whose method a name most likely is; the type it is called on is not known."""
_CONSTRUCTS: dict[type[ast.AST], str] = {
    ast.GeneratorExp: "generator expression",
    ast.ListComp: "list comprehension",
    ast.DictComp: "dictionary comprehension",
    ast.SetComp: "set comprehension",
    ast.Lambda: "lambda expression",
    ast.Yield: "generator function",
    ast.YieldFrom: "delegation to another generator with yield from",
    ast.With: "context manager in a with statement",
    ast.AsyncFunctionDef: "coroutine with async and await",
    ast.AsyncFor: "asynchronous iteration",
    ast.AsyncWith: "asynchronous context manager",
    ast.Match: "structural pattern matching",
    ast.NamedExpr: "assignment expression",
    ast.JoinedStr: "f-string",
    ast.Starred: "unpacking with an asterisk",
    ast.Slice: "slicing",
    ast.Global: "global variable in a function",
    ast.Nonlocal: "closure with a nonlocal variable",
    ast.Assert: "assert statement",
    ast.IfExp: "conditional expression",
}


def python_files(folder: str) -> list[Path]:
    """The .py files of a folder and those below it, sorted. UsageError if there is none."""
    path = Path(folder)
    if not path.is_dir():
        raise UsageError(f"--code: {folder}: no such folder")
    files = sorted(file for file in path.rglob("*.py") if file.is_file())
    if not files:
        raise UsageError(f"--code: {folder} holds no .py files")
    return files


def frequent_names(folder: str, files: list[Path], most: int = MOST) -> tuple[list[str], int]:
    """(names in at least two of the files, the most frequent first; how many files could not be parsed)."""
    counts: Counter[str] = Counter()
    defined: set[str] = set()
    root = Path(folder).resolve().name
    unparsed = 0
    for file in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the user's code: not ours to tell
                tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            unparsed += 1
            continue
        defined.update(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        counts.update(set(_names(tree, frozenset([*file.relative_to(folder).parts[:-1], root]))))
    own = {f".{name}() method" for name in defined}
    frequent = [(-count, name) for name, count in counts.items() if count >= FEWEST_FILES and name not in own]
    return [name for _, name in sorted(frequent)[:most]], unparsed


def _names(tree: ast.Module, folders: frozenset[str]) -> Iterator[str]:
    """The names in one file. folders: what it lies in; modules of a package by that name are its own and left out."""
    imported = _imports(tree, folders)
    for module in {origin.rsplit(".", 1)[0] if is_name else origin for origin, is_name in imported.values()}:
        if _worth(module):
            yield f"{module} module"
    decorators: set[ast.expr] = set()
    for node in ast.walk(tree):
        if construct := _CONSTRUCTS.get(type(node)):
            yield construct
        if isinstance(node, ast.Call) and node not in decorators:
            yield from _call(node.func, imported)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators.update(node.decorator_list)  # seen before they are walked: parents come first
            for decorator in node.decorator_list:
                name = _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator, imported)
                if name and _worth(name) and ("." in name or name == "property"):
                    yield f"{name} decorator"
        elif isinstance(node, ast.Raise | ast.ExceptHandler):
            yield from _exceptions(node)


def _imports(tree: ast.Module, folders: frozenset[str]) -> dict[str, tuple[str, bool]]:
    """{name in this file: (what it stands for, whether it is a name out of a module)}, without relative imports."""
    found: dict[str, tuple[str, bool]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import os.path` binds `os`.
                name, origin = (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
                found[name or ""] = (origin, False)
                found.setdefault(alias.name, (alias.name, False))  # counted as a module, too
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = (f"{node.module}.{alias.name}", True)
    return {name: of for name, of in found.items() if of[0].partition(".")[0] not in folders}


def _call(function: ast.expr, imported: dict[str, tuple[str, bool]]) -> Iterator[str]:
    name = _dotted(function, imported)
    if name and "." in name and _worth(name):
        if name.rpartition(".")[2][:1].isupper():
            yield f"{name} class"
        else:
            yield f"{name}() function"
    elif name and hasattr(builtins, name) and _worth(name) and name not in _EXCEPTIONS:
        yield f"{name}() function"
    elif isinstance(function, ast.Attribute) and not name and _worth(function.attr):
        on_itself = isinstance(function.value, ast.Name) and function.value.id in ("self", "cls")
        if not on_itself:  # a method of the project's own
            yield f"{_METHODS.get(function.attr, '')}.{function.attr}() method"


def _dotted(node: ast.expr, imported: dict[str, tuple[str, bool]]) -> str:
    """The full name of what is called, if it is a builtin or was imported; otherwise ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    if node.id in imported:
        return ".".join([imported[node.id][0], *reversed(parts)])
    return node.id if not parts and hasattr(builtins, node.id) else ""


def _exceptions(node: ast.Raise | ast.ExceptHandler) -> Iterator[str]:
    raised = node.exc if isinstance(node, ast.Raise) else node.type
    raised = raised.func if isinstance(raised, ast.Call) else raised
    for one in raised.elts if isinstance(raised, ast.Tuple) else [raised]:
        if isinstance(one, ast.Name) and one.id in _EXCEPTIONS and one.id not in TRIVIAL:
            yield f"{one.id} exception"


def _worth(name: str) -> bool:
    private = any(part.startswith("_") for part in name.split("."))
    return not private and name not in TRIVIAL
