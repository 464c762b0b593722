"""Files that are one JSON array are read element by element, wherever the blocks end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdg.core import rows
from sdg.core.errors import UsageError
from sdg.core.rows import RowReader, open_reader

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def elements(path: Path) -> list[object]:
    reader = open_reader(str(path), foreign=True)
    assert isinstance(reader, RowReader)
    return [json.loads(row) for row in reader._read(str(path))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(array=st.lists(values, max_size=5), indent=st.sampled_from([None, 1]), block=st.integers(1, 9))
def test_an_array_gives_its_elements_wherever_the_blocks_end(
    array: list[object], indent: int | None, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_BLOCK", block)
    path = tmp_path / "array.json"
    path.write_text(json.dumps(array, indent=indent))
    assert elements(path) == array


BROKEN = {
    "[1,]": "element 2 of the array is not JSON",
    '[{"a": 1} {"b": 2}]': "element 1 of the array is not JSON: a comma or the end of the array was expected after it",
    "[1] 2": "element 1 of the array",
    '[1, {"a": ': "element 2 of the array is not JSON",
    "[1": "element 1 of the array is not JSON: a comma or the end",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_array_is_told_with_the_number_of_the_element(text: str, tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=BROKEN[text].replace("[", r"\[")):
        elements(path)
