"""The house stands: imports go down the floors only, and third parties stay where they enter."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gisapp

PACKAGE = Path(gisapp.__file__).parent

#: A floor imports from itself and from those before it; data and analysis stand side by side.
FLOORS = ("model", "data", "analysis", "render", "workspace", "gui")
APART = {("data", "analysis"), ("analysis", "data")}
#: The front doors stand on the workspace and are imported by nobody.
DOORS = ("gisapp.cli", "gisapp.__main__")

#: Where third parties enter (DESIGN.md, section 3).
ENTRANCES = {
    "numpy": set(FLOORS),
    "shapely": set(FLOORS),
    "pyproj": {"model", "data", "analysis", "render"},
    "geopandas": {"data"},
    "pyogrio": {"data"},
    "pyarrow": {"data"},
    "duckdb": {"data"},
    "adbc_driver_manager": {"data"},
    "adbc_driver_postgresql": {"data"},
    "chardet": {"data"},
    "python_calamine": {"data"},
    "xlsxwriter": {"data"},
    "scipy": {"analysis"},
    "contourpy": {"analysis", "render"},
    "mapclassify": {"analysis"},
    "pandas": {"data", "analysis", "render", "workspace", "gui"},
    "folium": {"render"},
    "branca": {"render"},
    "js_lib_leaflet": {"render"},
    "skia": {"render"},
    "pypdf": {"render"},
    "fontTools": {"render"},
    "pptx": {"render"},
    "lxml": {"render"},
    "PIL": {"render"},
    "PySide6": {"gui"},
    "shiboken6": {"gui"},
    "qtawesome": {"gui"},
}
#: Each of these enters at modules of its floor whose names begin like this.
NAMED_ALIKE = {"folium": "gisapp.render.page", "pptx": "gisapp.render.slide"}

#: Imports inside functions, with the reason. Nothing else may hide an import.
LATE = {
    ("gisapp.__main__", "gisapp.cli"): "start-up: the window needs no command line",
    ("gisapp.__main__", "gisapp.gui.app"): "the command line needs no Qt",
    ("gisapp.cli.*", "*"): "start-up: each subcommand loads what it needs, --help nothing",
    ("gisapp.workspace.startup", "gisapp.workspace.answering"): "start-up: loads pandas and scipy",
    ("gisapp.analysis.jurisdiction", "gisapp.analysis.shore"): "for sites off land: loads scipy",
    ("gisapp.workspace.answering", "gisapp.analysis.distance"): "its view: loads scipy",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_distance"): "its view: loads scipy",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_routes"): "its view: loads scipy",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_scenarios"): "its view: loads scipy",
    ("gisapp.workspace.answering", "gisapp.workspace.routing"): "its views: loads scipy",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_chain"): "its view: loads solvers",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_flows"): "its view: loads solvers",
    ("gisapp.workspace.answering", "gisapp.workspace.answer_exposure"): "its view: loads solvers",
    ("gisapp.workspace.layer_commands", "gisapp.workspace.reading"): "in a job: loads GDAL",
    ("gisapp.workspace.source_commands", "gisapp.workspace.reading"): "in a job: loads GDAL",
    ("gisapp.workspace.source_commands", "gisapp.data.sources"): "in a job: loads the drivers",
    ("gisapp.workspace.link_commands", "gisapp.workspace.links"): "in a job: loads GDAL",
    ("gisapp.workspace.project_commands", "gisapp.workspace.project_file"): "in a job: loads GDAL",
    ("gisapp.workspace.export_commands", "gisapp.workspace.writing"): "in a job: loads renderers",
    ("gisapp.workspace.export_commands", "gisapp.workspace.data_writing"): "in a job: loads GDAL",
    (
        "gisapp.workspace.deck_commands",
        "gisapp.workspace.deck_writing",
    ): "in a job: loads renderers",
    ("gisapp.workspace.exporting", "gisapp.render.brand"): "only for brands: loads XML and PIL",
    ("gisapp.workspace.exporting", "gisapp.workspace.writing"): "each file loads its own writer",
    ("gisapp.workspace.exporting", "gisapp.workspace.data_writing"): "only for data: loads GDAL",
    ("gisapp.workspace.exporting", "gisapp.workspace.deck_writing"): "only for decks",
    ("gisapp.workspace.exporting", "gisapp.workspace.project_file"): "only for projects: GDAL",
    ("gisapp.render.export", "gisapp.render.page"): "only for web pages: loads folium",
    ("gisapp.render.export", "gisapp.render.pdf"): "only for PDF: loads pypdf",
    ("gisapp.render.export", "gisapp.render.pixels"): "only for pictures",
    (
        "gisapp.render.export",
        "gisapp.render.slide_picture",
    ): "only for SVG and PDF: loads fontTools",
    ("gisapp.render.export", "gisapp.render.slides"): "only for slides: loads pptx",
    ("gisapp.render.export", "gisapp.render.svg"): "only for SVG: loads fontTools",
    ("gisapp.gui.repair_dialog", "gisapp.workspace.previewing"): "in a job: loads GDAL and skia",
    ("gisapp.gui.page_area", "gisapp.workspace.paging"): "in a job: loads skia",
    ("gisapp.gui.page_copy", "gisapp.workspace.clipping"): "in a job: loads skia",
    ("gisapp.gui.page_copy", "gisapp.workspace.lineage"): "in a job: loads GDAL",
    ("gisapp.gui.deck_dialog", "gisapp.workspace.deck_preview"): "in a job: loads the analyses",
    ("gisapp.gui.page_panel", "gisapp.render.brand"): "in a job: loads lxml",
    ("gisapp.gui.page_panel", "gisapp.render.glimpse"): "in a job: loads the countries",
    ("gisapp.gui.page_panel", "gisapp.render.slide_template"): "in a job: loads pptx",
    ("gisapp.workspace.pair_commands", "gisapp.workspace.layer_pairs"): "in a job: loads scipy",
    ("gisapp.gui.files", "gisapp.workspace.reading"): "in a job: loads GDAL",
    ("gisapp.workspace.export_commands", "gisapp.workspace.saving"): "in a job: loads writers",
    ("gisapp.gui.export_layer_dialog", "gisapp.workspace.saving"): "in a job: loads writers",
    ("gisapp.gui.siting_box", "gisapp.workspace.next_plants"): "in a job: loads scipy",
    ("gisapp.data.reader", "gisapp.data.duckdb_file"): "most files are none: loads duckdb",
    ("gisapp.data.layer_list", "gisapp.data.duckdb_file"): "most files are none: loads duckdb",
    ("gisapp.data.reader", "gisapp.data.sources"): "only for addresses",
    ("gisapp.data.sources", "gisapp.data.postgis"): "only for PostGIS: loads its driver",
    ("gisapp.gui.app", "*"): "start-up: the window paints before the rest is loaded",
    (
        "gisapp.gui.identify_card",
        "gisapp.workspace.nearest_plants",
    ): "in a job: one deposit's plants",
    (
        "gisapp.workspace.scenario_edits",
        "gisapp.workspace.placing",
    ): "in a job: loads the borders",
    (
        "gisapp.gui.coverage_page",
        "gisapp.workspace.coverage_time",
    ): "in a job: loads pandas and scipy",
    (
        "gisapp.gui.coverage_page",
        "gisapp.workspace.coverage_bases",
    ): "in a job: loads pandas and scipy",
    ("gisapp.workspace.result_commands", "gisapp.workspace.keeping"): "in a job: answers",
    ("gisapp.workspace.edit_commands", "gisapp.workspace.write_back"): "in a job: loads GDAL",
    (
        "gisapp.gui.calibration_dialog",
        "gisapp.workspace.calibrating",
    ): "in a job: loads scipy and the networks",
    ("gisapp.workspace.styling", "gisapp.analysis.classing"): "in a job: loads mapclassify",
    ("gisapp.workspace.recovery", "*"): "in its own thread: loads GDAL",
}


@dataclass(frozen=True)
class Import:
    module: str
    target: str
    name: str
    line: int
    late: bool
    typing_only: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path
    return found


MODULES = modules()


def imports_of(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]

    def walk(node: ast.AST, late: bool, typing_only: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(module, alias.name, alias.name, child.lineno, late, typing_only)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                if child.level:
                    base = ".".join(
                        [*package.split(".")[: len(package.split(".")) - child.level + 1], base]
                    ).strip(".")
                for alias in child.names:
                    whole = f"{base}.{alias.name}"
                    target = whole if whole in MODULES else base
                    yield Import(module, target, alias.name, child.lineno, late, typing_only)
            else:
                if by_name := _named_module(child):
                    yield Import(module, by_name, by_name, child.lineno, late, typing_only)
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                yield from walk(child, late or inside, typing_only or typing)

    yield from walk(tree, late=False, typing_only=False)


def _named_module(node: ast.AST) -> str | None:
    """Return the module that a call of import_module names."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return str(node.args[0].value) if name in {"import_module", "__import__"} else None
    return None


IMPORTS = [i for module in MODULES for i in imports_of(module)]


def floor_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOORS else None


def test_imports_go_down_the_floors():
    wrong = []
    for i in IMPORTS:
        here, there = floor_of(i.module), floor_of(i.target)
        if not i.target.startswith("gisapp") or here is None or i.target == "gisapp":
            continue
        if there is None or FLOORS.index(there) > FLOORS.index(here) or (here, there) in APART:
            wrong.append(str(i))
    assert wrong == []


def test_the_window_is_reached_by_the_front_door_alone():
    wrong = [
        str(i)
        for i in IMPORTS
        if floor_of(i.target) == "gui"
        and floor_of(i.module) != "gui"
        and i.module != "gisapp.__main__"
    ]
    assert wrong == []
    assert [
        str(i) for i in IMPORTS if i.target.startswith(DOORS) and not i.module.startswith(DOORS)
    ] == []


def test_the_window_runs_commands_and_calls_no_reader_or_analysis():
    """The window may name the types and words of a result; making one is the workspace's."""
    wrong = [
        str(i)
        for i in IMPORTS
        if floor_of(i.module) == "gui"
        and (
            floor_of(i.target) == "analysis"
            or i.target in {"gisapp.data.reader", "gisapp.data.writer"}
        )
        and not i.typing_only
        and not i.name[:1].isupper()
        and (i.module, i.target) not in LATE
    ]
    assert wrong == []


def test_third_parties_enter_where_they_may():
    wrong = []
    for i in IMPORTS:
        top = i.target.split(".")[0]
        if top in sys.stdlib_module_names or top == "gisapp":
            continue
        if floor_of(i.module) not in ENTRANCES.get(top, set()):
            wrong.append(str(i))
    assert wrong == []


def test_the_large_ones_enter_at_modules_of_one_name_each():
    for name, entrance in NAMED_ALIKE.items():
        users = {i.module for i in IMPORTS if i.target.split(".")[0] == name}
        assert users, name
        assert all(user.startswith(entrance) for user in users), (name, users)


def test_no_import_is_hidden_but_those_with_a_reason():
    hidden = {
        (i.module, i.target)
        for i in IMPORTS
        if i.late
        and (i.module, i.target) not in LATE
        and (i.module, "*") not in LATE
        and (f"{i.module.rpartition('.')[0]}.*", "*") not in LATE
    }
    assert hidden == set()
    used = {(i.module, i.target) for i in IMPORTS if i.late}
    stale = {key for key in LATE if key[1] != "*" and key not in used}
    assert stale == set()


def test_there_is_no_cycle():
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for i in IMPORTS:
        if i.target in MODULES and i.target != i.module and not i.typing_only:
            graph[i.module].add(i.target)
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for target in sorted(graph[module]):
                visit(target, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())
