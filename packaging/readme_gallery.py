"""Make the gallery of the README by the very commands that are printed beside its pictures.

Run it from the root of the repository: ``python packaging/readme_gallery.py``; names of single
pictures may follow. Slides are shown as LibreOffice and pdftoppm render them, pages of the web
and drawings as Chromium does.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "packaging" / "readme" / "gallery"
WIDTH: Final = 960
#: A deck is shown as this many slides in a row.
_ACROSS: Final = 3
_MOST: Final = 9
#: A palette takes a third of the bytes.
_COLORS: Final = 256
_ENTRY: Final = re.compile(r"!\[[^]]*\]\(packaging/readme/gallery/([\w.-]+)\)[^`]*`(gisapp [^`]+)`")


def entries() -> Iterator[tuple[str, list[str]]]:
    """Yield the name of every picture of the README's gallery and the words of its command."""
    for name, command in _ENTRY.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        yield name, shlex.split(command)


def run(*command: str, folder: Path) -> None:
    """Run a program in a folder; what it says on failure is shown."""
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)


def pages(file: Path) -> list[Path]:
    """Return the pages of a presentation or a PDF as pictures."""
    folder = file.parent
    if file.suffix == ".pptx":
        run("soffice", "--headless", "--convert-to", "pdf", file.name, folder=folder)
    run("pdftoppm", "-r", "110", "-png", f"{file.stem}.pdf", file.stem, folder=folder)
    return sorted(folder.glob(f"{file.stem}-*.png"))


def in_browser(file: Path) -> Path:
    """Return a picture of what Chromium shows of a file."""
    shot = file.with_suffix(".shot.png")
    run(
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *("--window-size=1280,720", "--virtual-time-budget=8000", f"--screenshot={shot}"),
        file.as_uri(),
        folder=file.parent,
    )
    return shot


def sheet(pictures: list[Path]) -> Image.Image:
    """Return slides side by side, or the only one."""
    shown = [Image.open(path).convert("RGB") for path in pictures[:_MOST]]
    if len(shown) == 1:
        return shown[0]
    gap = 12
    wide = WIDTH // _ACROSS - gap
    small = [each.resize((wide, round(wide * each.height / each.width))) for each in shown]
    high = small[0].height + gap
    rows = -(-len(small) // _ACROSS)
    page = Image.new("RGB", (WIDTH, rows * high + gap), "#8A949B")
    for number, each in enumerate(small):
        down, across = divmod(number, _ACROSS)
        page.paste(each, (gap // 2 + across * (wide + gap), gap + down * high))
    return page


def show(file: Path, picture: Path) -> None:
    """Make the picture of a product."""
    if file.suffix in {".pptx", ".pdf"}:
        made = sheet(pages(file))
    elif file.suffix in {".svg", ".html"}:
        made = sheet([in_browser(file)])
    elif file.suffix == ".gif":
        picture.write_bytes(file.read_bytes())
        return
    else:
        made = sheet([file])
    made = made.resize((WIDTH, round(WIDTH * made.height / made.width)), Image.Resampling.LANCZOS)
    made.quantize(_COLORS, method=Image.Quantize.MEDIANCUT).save(picture, optimize=True)


def main() -> None:
    """Make all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of single pictures")
    chosen = parser.parse_args().names
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, command in entries():
        if chosen and name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            run(sys.executable, "-m", *command, folder=Path(folder))
            show(Path(folder) / command[2], FOLDER / name)
        print(name)


if __name__ == "__main__":
    main()
