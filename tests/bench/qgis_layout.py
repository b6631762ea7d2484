"""A print layout of the shipped layers in QGIS, for export times on one machine.

Run with the system's Python where QGIS is installed (Debian: python3-qgis):
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/bench/qgis_layout.py OUT.(pdf|svg|png)
It makes the page that `gisapp export OUT --mineral rare_earths --view facilities` makes: the world
in Equal Earth with countries, sites by role and routes, a title, legend, scale bar and sources,
13.33 x 7.5 in, 200 dpi. Prints the seconds of the export alone; `test_bench_export.py` times whole
processes, ours and this one.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QFont

LAYERS = Path(__file__).parents[2] / "layers"
MM = QgsUnitTypes.LayoutMillimeters
#: Equal Earth reaches so far from its centre, in metres.
WORLD = QgsRectangle(-17_243_960, -8_392_928, 17_243_960, 8_392_928)
DPI = 200


def layers(folder: Path) -> list[QgsVectorLayer]:
    """Return the layers of the map, the uppermost first, from copies: QGIS writes into files."""
    made = []
    for name, symbol in (
        ("magnet_plants", marker("hexagon", "#5B2A86")),
        ("refineries", marker("square", "#0072B2")),
        ("deposits", marker("circle", "#D55E00")),
        ("trade_routes", QgsLineSymbol.createSimple({"color": "#5B6B77", "width": "0.3"})),
        (
            "jurisdictions_simple",
            QgsFillSymbol.createSimple(
                {"color": "#F8F7F3", "outline_color": "#CFCABF", "outline_width": "0.1"}
            ),
        ),
    ):
        copy = shutil.copy(LAYERS / f"{name}.gpkg", folder)
        layer = QgsVectorLayer(copy, name.replace("_", " ").title(), "ogr")
        if not layer.isValid():
            raise SystemExit(f"{name} cannot be opened")
        if layer.fields().indexOf("mineral") >= 0:
            layer.setSubsetString("mineral LIKE '%rare_earths%'")
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        made.append(layer)
    return made


def marker(shape: str, color: str) -> QgsMarkerSymbol:
    return QgsMarkerSymbol.createSimple(
        {"name": shape, "color": color, "outline_color": "white", "size": "2"}
    )


def layout_of(project: QgsProject, shown: list[QgsVectorLayer]) -> QgsPrintLayout:
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(338.667, 190.5, MM))
    layout.renderContext().setDpi(DPI)

    page_map = QgsLayoutItemMap(layout)
    page_map.setRect(0.0, 0.0, 235.0, 115.0)  # without a size it takes no extent
    page_map.setExtent(WORLD)
    put(layout, page_map, 12.7, 38.0, 235.0, 115.0)
    page_map.setLayers(shown)
    page_map.zoomToExtent(WORLD)

    for text, size, y, height in (
        ("118 deposits, 78 refineries and 84 magnet plants for rare earths", 22, 12.0, 14.0),
        ("Sites by stage and status, size by tonnes per year where known", 14, 27.0, 8.0),
        ("Sources: compiled from public sources. Basemap: Natural Earth.", 8, 176.0, 6.0),
    ):
        label = QgsLayoutItemLabel(layout)
        label.setText(text)
        label.setFont(QFont("Lato", size))
        put(layout, label, 12.7, y, 313.0, height)

    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(page_map)
    put(layout, legend, 255.0, 38.0, 70.0, 100.0)

    scale = QgsLayoutItemScaleBar(layout)
    scale.setLinkedMap(page_map)
    scale.setStyle("Single Box")
    # in metres of the map: along the ellipsoid a map of the whole world is 0 km wide
    scale.setUnits(QgsUnitTypes.DistanceUnknownUnit)
    scale.setMapUnitsPerScaleBarUnit(1000.0)
    scale.setUnitsPerSegment(2_500_000.0)
    scale.setUnitLabel("km")
    put(layout, scale, 12.7, 157.0, 80.0, 10.0)
    return layout


def put(layout: QgsPrintLayout, item, x: float, y: float, w: float, h: float) -> None:
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(x, y, MM))
    item.attemptResize(QgsLayoutSize(w, h, MM))


def main(path: str) -> None:
    app = QgsApplication([], False)
    app.initQgis()
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:8857"))
    project.setEllipsoid("EPSG:7030")
    made = layers(Path(tempfile.mkdtemp()))
    for layer in made:
        project.addMapLayer(layer)
    layout = layout_of(project, made)
    exporter = QgsLayoutExporter(layout)
    start = time.perf_counter()
    if path.endswith(".pdf"):
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.dpi = DPI
        result = exporter.exportToPdf(path, settings)
    elif path.endswith(".svg"):
        settings = QgsLayoutExporter.SvgExportSettings()
        settings.dpi = DPI
        result = exporter.exportToSvg(path, settings)
    else:
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = DPI
        result = exporter.exportToImage(path, settings)
    if result != QgsLayoutExporter.Success:
        raise SystemExit(f"QGIS could not export: {result}")
    print(f"{time.perf_counter() - start:.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
