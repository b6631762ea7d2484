"""The command line as a script calls it: exit code, output and error, or the JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gisapp.__main__ import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; return exit code, standard output and standard error."""

    def call(*args: object) -> tuple[int, str, str]:
        code = main([str(a) for a in args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def document(run: Callable[..., tuple[int, str, str]]) -> Callable[..., Any]:
    """Run a command that succeeds; return its JSON document."""

    def call(*args: object) -> Any:
        code, out, err = run(*args, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return call
