"""The same work in QGIS, for ratios on one machine.

Run with the system's Python where QGIS is installed (Debian: python3-qgis):
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/bench/qgis_peer.py [countries.gpkg]
Prints seconds per task. Data are the same seeded random points as in our benchmarks.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from qgis.analysis import QgsNativeAlgorithms
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, QVariant

app = QgsApplication([], False)
app.initQgis()
sys.path.append("/usr/share/qgis/python/plugins")
import processing
from processing.core.Processing import Processing

Processing.initialize()
QgsApplication.processingRegistry().addProvider(QgsNativeAlgorithms())


def points(count: int, seed: int) -> QgsVectorLayer:
    rng = random.Random(seed)
    layer = QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory")
    layer.dataProvider().addAttributes([QgsField("id", QVariant.Int)])
    layer.updateFields()
    batch = []
    for i in range(count):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(
            QgsGeometry.fromPointXY(QgsPointXY(rng.uniform(-180, 180), rng.uniform(-80, 80)))
        )
        feature.setAttribute(0, i)
        batch.append(feature)
    layer.dataProvider().addFeatures(batch)
    return layer


def nearest() -> None:
    a, b = points(100_000, 1), points(10_000, 2)
    start = time.perf_counter()
    processing.run(
        "qgis:distancetonearesthubpoints",
        {"INPUT": a, "HUBS": b, "FIELD": "id", "UNIT": 3, "OUTPUT": "memory:"},
    )
    print(f"nearest hub, 100,000 x 10,000: {time.perf_counter() - start:.2f} s")


def draw() -> None:
    folder = Path(tempfile.mkdtemp())
    path = str(folder / "million.shp")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "ESRI Shapefile"
    layer = points(1_000_000, 3)
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, layer.transformContext(), options)
    del layer
    start = time.perf_counter()
    opened = QgsVectorLayer(path, "million", "ogr")
    settings = QgsMapSettings()
    settings.setLayers([opened])
    settings.setOutputSize(QSize(1000, 600))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-2.0e7, -1.2e7, 2.0e7, 1.2e7))
    for what in ("open and draw", "draw again"):
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        print(f"{what} 1,000,000 points: {time.perf_counter() - start:.2f} s")
        start = time.perf_counter()


def join(countries: str) -> None:
    a = points(100_000, 4)
    polygons = QgsVectorLayer(countries, "countries", "ogr")
    start = time.perf_counter()
    processing.run(
        "native:joinattributesbylocation",
        {
            "INPUT": a,
            "JOIN": polygons,
            "PREDICATE": [5],
            "JOIN_FIELDS": ["iso"],
            "METHOD": 1,
            "DISCARD_NONMATCHING": False,
            "PREFIX": "",
            "OUTPUT": "memory:",
        },
    )
    print(f"country of 100,000 points, 10 m polygons: {time.perf_counter() - start:.2f} s")


nearest()
draw()
if len(sys.argv) > 1:
    join(sys.argv[1])
app.exitQgis()
