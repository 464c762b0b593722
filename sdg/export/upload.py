"""Uploads a data set folder to the Hugging Face hub, in one commit. The token is HF_TOKEN's or that of `hf auth`.

Whatever goes wrong is one sentence that says what to do. Imports huggingface_hub only when called.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from sdg.core.errors import Stop, UsageError
from sdg.export.place import ENTRIES, is_shard

Result = TypeVar("Result")
Pause = Callable[[], None]


def check(repository: str, private: bool, overwrite: bool) -> None:
    """Refuse what could not be uploaded later: no login, no right name, a data set that has files. UsageError."""
    api = _api()
    try:
        api.whoami()
        there = _there(api, repository)
    except Exception as error:  # whatever the hub or the network can raise
        raise UsageError(f"--push-to-hub {repository}: {_told(error)}") from None
    address = f"{api.endpoint}/datasets/{repository}"
    if private and there and not there.private:
        raise UsageError(f"{address} is public already, and --private makes no data set private that is there")
    if there and any(name != ".gitattributes" for name in _names(there)) and not overwrite:
        raise UsageError(f"{address} has files already: replace them with --overwrite")


def push(folder: Path, repository: str, private: bool, message: str, advice: str, pause: Pause) -> str:
    """Upload the folder; the data set's address. Stop, with the advice: the hub refused. pause raises to give up."""
    api = _api()

    def work() -> str:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        new = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
        stale = _stale(_names(_there(api, repository)), set(new))
        operations: list[Any] = [CommitOperationDelete(name) for name in stale]
        operations += [CommitOperationAdd(name, path) for name, path in new.items()]
        api.create_commit(repository, operations, commit_message=message, repo_type="dataset")
        return f"{api.endpoint}/datasets/{repository}"

    try:
        return _beside(work, pause)
    except Exception as error:
        if error.__class__.__module__.startswith("sdg."):
            raise
        raise Stop(f"cannot upload to {repository}: {_told(error)}", 1, advice) from None


def _beside(work: Callable[[], Result], pause: Pause) -> Result:
    """Run it in a thread that a stopped run need not wait for: the commit is one request, done or not done."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, name="upload", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        pause()
    if errors:
        raise errors[0]
    return results[0]


def _api() -> Any:
    from huggingface_hub import HfApi
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return HfApi(library_name="sdg")


def _there(api: Any, repository: str) -> Any:
    """What the hub says of a data set; None if there is none."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        return api.dataset_info(repository)
    except RepositoryNotFoundError:
        return None


def _names(there: Any) -> list[str]:
    return [file.rfilename for file in there.siblings or []] if there else []


def _stale(there: list[str], new: set[str]) -> list[str]:
    """The files of an earlier export that go when they are not in the new one: only such as an export names."""
    shards = [name for name in there if is_shard(name)]
    # The entries stand only beside data that is in a folder for each split; another such file is somebody else's.
    entries = [ENTRIES] if ENTRIES in there and any(not name.startswith("data/") for name in shards) else []
    return [name for name in [*shards, *entries] if name not in new]


def _told(error: Exception) -> str:
    """The error in one line, with what to do about the commonest."""
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    words = " ".join(str(error).split())[:300].rstrip(".") or error.__class__.__name__
    status = error.response.status_code if isinstance(error, HfHubHTTPError) and error.response is not None else 0
    if isinstance(error, LocalTokenNotFoundError) or status == 401:
        return f"the hub does not know you: run `hf auth login`, or set HF_TOKEN to a token that may write ({words})"
    if status == 403:
        return f"your token may not write there: make one with the right to write ({words})"
    return words
