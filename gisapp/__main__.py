"""The front door: the window, or a subcommand of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

#: The subcommands of `gisapp.cli`; anything else on the command line is a file to open.
COMMANDS = (
    "layers",
    "alliances",
    "inspect",
    "convert",
    "distance",
    "coverage",
    "route",
    "chain",
    "flows",
    "exposure",
    "site",
    "scenario",
    "surface",
    "export",
    "deck",
    "demo",
    "doctor",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run gisapp; returns the exit code: 0 done, 2 refused, 130 cancelled."""
    args = list(sys.argv[1:] if argv is None else argv)
    flags = {arg for arg in args if arg.startswith("-")}
    if (args and args[0] in COMMANDS) or flags - {"--startup-report"}:
        try:
            from gisapp.cli import main as run_command

            return run_command(args)
        except KeyboardInterrupt:  # before the command was there to be cancelled
            sys.stderr.write("gisapp: cancelled\n")
            return 130
    if _has_no_display():
        sys.stderr.write(
            "gisapp: there is no display for the window; gisapp --help lists what works without, "
            "gisapp demo out writes the worked example.\n"
        )
        return 2
    from gisapp.gui.app import run

    files = [arg for arg in args if arg not in flags]
    return run(files, startup_report="--startup-report" in flags)


def _has_no_display() -> bool:
    """Return whether Qt would find nothing to show a window on, and abort."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform == "linux" and not any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    sys.exit(main())
