"""gisapp doctor: whether all is there that gisapp needs."""

from __future__ import annotations

import argparse

from gisapp.cli.arguments import Add
from gisapp.cli.output import DONE, refuse, show
from gisapp.model.feedback import Feedback, GisappError


def add_to(add: Add) -> None:
    """Add doctor."""
    add("doctor", _doctor, "Whether all is there that gisapp needs", "gisapp doctor")


def _doctor(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.workspace.doctor import examine

    checks = examine()
    document = {"ok": all(c["ok"] for c in checks), "checks": checks}
    rows = [c | {"ok": "ok" if c["ok"] else "NOT OK"} for c in checks]
    show(args, document, rows, ("ok", "check", "found", "what_to_do"))
    if document["ok"]:
        return DONE
    failed = ", ".join(c["check"] for c in checks if not c["ok"])
    return refuse("doctor", GisappError("not_ok", f"Not ok: {failed}."))
