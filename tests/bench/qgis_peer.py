"""The same work in QGIS, for ratios on one machine.

Run with the system's Python where QGIS is installed (Debian: python3-qgis):
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/bench/qgis_peer.py [countries.gpkg]
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/bench/qgis_peer.py --large FOLDER
Prints seconds per task. Data are the same seeded random points as in our benchmarks, or the three
large layers that `tests/bench/large.py FOLDER` makes.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from qgis.analysis import QgsNativeAlgorithms
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
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


def large(folder: str) -> None:
    """Open and draw the world, then a part of it, and ask what is at some places."""
    views = {
        "the world": QgsRectangle(-2.0e7, -1.2e7, 2.0e7, 1.2e7),
        "Europe": QgsRectangle(-1.5e6, 4.0e6, 3.5e6, 7.0e6),
        "a province": QgsRectangle(1.0e6, 5.5e6, 1.3e6, 5.68e6),
    }
    for name in ("points.shp", "polygons.gpkg", "coast.shp"):
        start = time.perf_counter()
        layer = QgsVectorLayer(str(Path(folder, name)), name, "ogr")
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setOutputSize(QSize(1366, 768))
        settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        for where, box in views.items():
            settings.setExtent(box)
            job = QgsMapRendererParallelJob(settings)
            job.start()
            job.waitForFinished()
            print(f"{name}, {where} drawn: {time.perf_counter() - start:.2f} s")
            start = time.perf_counter()
        rng = random.Random(5)
        times = []
        for _ in range(20):
            lon, lat = rng.uniform(-10, 30), rng.uniform(20, 55)
            start = time.perf_counter()
            request = QgsFeatureRequest(
                QgsRectangle(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)
            )
            for _feature in layer.getFeatures(request):
                pass
            times.append(time.perf_counter() - start)
        print(f"{name}, identify: {1000 * sorted(times)[10]:.1f} ms")
        start = time.perf_counter()
        layer.selectByRect(QgsRectangle(-20, 10, 30, 60))
        print(f"{name}, select {layer.selectedFeatureCount()}: {time.perf_counter() - start:.2f} s")
        start = time.perf_counter()
        order = QgsFeatureRequest().addOrderBy(layer.fields()[0].name())
        for _feature in layer.getFeatures(order.setFlags(QgsFeatureRequest.NoGeometry)):
            pass
        print(f"{name}, all rows sorted: {time.perf_counter() - start:.2f} s")
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        start = time.perf_counter()
        copy = str(Path(tempfile.mkdtemp(), "copy.gpkg"))
        QgsVectorFileWriter.writeAsVectorFormatV3(layer, copy, layer.transformContext(), options)
        print(f"{name}, saved as GeoPackage: {time.perf_counter() - start:.2f} s")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name}, peak memory of the process so far: {most:.0f} MB")


if sys.argv[1:2] == ["--large"]:
    large(sys.argv[2])
else:
    nearest()
    draw()
    if len(sys.argv) > 1:
        join(sys.argv[1])
app.exitQgis()
