"""The topics of `sdg prompts`: a file, stdin, or made on the fly by the model. Plans nothing."""

from __future__ import annotations

import os
import stat

from sdg.core.errors import RecordFailed, Stop, UsageError
from sdg.core.normal import normalised
from sdg.core.run import Run
from sdg.core.topic_lines import read_topics
from sdg.core.topics import Tree, whole_tree
from sdg.record import Topic

_SILENT = "prompts: reading topics from stdin; use --topics FILE, or </dev/null to have them made"
_MOST_MACROS, _FEWEST_MACROS, _MOST_SUBTOPICS = 20, 3, 10


async def given_topics(path: str | None, field: str, run: Run) -> list[Topic]:
    """The topics that the user gives, each once; [] if there are none and they are to be made."""
    if path is None and not stdin_is_given():
        return []
    topics = await read_topics(path or "-", field, "seeds", run, _SILENT if path is None else "")
    if path is None:
        run.progress.say(f"prompts: took {len(topics):,} topics from stdin")
    distinct = {normalised(topic.topic): topic for topic in reversed(topics)}
    if repeated := len(topics) - len(distinct):
        run.progress.say(f"prompts: {repeated:,} topics are there more than once and count once")
    return list(reversed(distinct.values()))


def stdin_is_given() -> bool:
    """Whether stdin is a pipe or a file: a terminal, /dev/null and a closed stdin bring no topics.

    Nor does a socket: shells make pipes, and what gives a command a socket rarely means to send anything.
    """
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


async def made_topics(tree: Tree, n: int, run: Run) -> list[Topic]:
    """A tree of topics for n prompts, made by the model. Stop if there is none."""
    macro = max(_FEWEST_MACROS, min(_MOST_MACROS, -(-n // 5)))
    sub = min(_MOST_SUBTOPICS, -(-n // macro))
    try:
        topics = await whole_tree(tree, macro, sub)
    except RecordFailed as failed:
        raise Stop(f"no topics could be made: {failed.reason}") from None
    parents = sum(not topic.parent for topic in topics)
    run.progress.say(
        f"prompts: made {parents:,} topics and {len(topics) - parents:,} subtopics ({tree.field}); "
        "--topics FILE takes your own"
    )
    return topics


def refuse_documents(task: str, from_documents: bool, documents: str | None, topics: str | None, domain: str) -> None:
    """Options that do not go with the task, or with each other."""
    if from_documents and not documents:
        raise UsageError(f"--task {task} needs --documents: a folder, a JSONL file or hf://ORG/NAME[:split]")
    if documents and not from_documents:
        raise UsageError(f"--documents is for tasks about documents, not for {task}")
    if from_documents and (topics or domain):
        raise UsageError(
            f"--task {task} takes its prompts from documents: leave {'--topics' if topics else '--domain'} out"
        )
    if topics and domain:
        raise UsageError("--domain is for topics made on the fly: leave it or --topics out")
