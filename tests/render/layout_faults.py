"""What is wrong with a layout: what overlaps, leaves the margins or is wider than its box."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from gisapp.render.fonts import width_of
from gisapp.render.layout import Layout, LegendRow
from gisapp.render.scene import Box


def faults_of(layout: Layout) -> tuple[str, ...]:
    """Return a sentence for each pair that overlaps and each thing that leaves the margins."""
    boxes = _boxes(layout)
    faults = [
        f"{name} leaves the margins." for name, box in boxes if not layout.inner.contains(box)
    ]
    faults += [
        f"{name} overlaps {other}."
        for (name, box), (other, second) in combinations(boxes, 2)
        if box.overlaps(second)
    ]
    blocks = [
        *layout.texts,
        *(block for cell in layout.cells for block in (cell.title, cell.line) if block is not None),
    ]
    faults += [
        f"{block.purpose} has a line wider than its box."
        for block in blocks
        for line in block.lines
        if width_of(line, block.size, bold=block.bold, fonts=layout.fonts) > block.box.w + 0.5
    ]
    faults += [
        f"legend row {row.entry.key} has a line wider than its box."
        for row in layout.legend
        for line in row.lines
        if _row_start(row) + width_of(line, row.size, fonts=layout.fonts) > row.box.right + 0.5
    ]
    over = [b.purpose for b in layout.texts if b.purpose == "sources" and b.box.y < layout.rule_y]
    return (*faults, *(f"{purpose} stand above their rule." for purpose in over))


def _row_start(row: LegendRow) -> float:
    return row.box.x if row.entry.sizes or row.entry.is_heading else row.swatch.right


def _boxes(layout: Layout) -> list[tuple[str, Box]]:
    boxes = [
        *((block.purpose, block.box) for block in layout.texts),
        *((f"legend row {row.entry.key}", row.box) for row in layout.legend),
        *(
            (f"small map {i + 1}", replace(each, h=each.h + layout.small_strip))
            for i, each in enumerate(layout.small_maps)
        ),
    ]
    if layout.cells:
        for i, cell in enumerate(layout.cells):
            parts = (cell.title, cell.line)
            boxes += [(f"{p.purpose} {i + 1}", p.box) for p in parts if p is not None]
            boxes.append((f"map {i + 1}", cell.map_box))
            boxes += [(f"bar {i + 1}", cell.bar)] if cell.bar is not None else []
    else:
        boxes.append(("map", layout.map_box))
    for name, part in (
        ("strip", layout.strip),
        ("chart", layout.chart),
        ("table", layout.table_box),
        ("logo", layout.logo),
    ):
        boxes += [(name, part)] if part is not None else []
    return boxes
