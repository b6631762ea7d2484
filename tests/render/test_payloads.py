"""Texts that want to run as script, opened in a real browser: nothing runs, in HTML or in SVG."""

import shutil
import subprocess
from datetime import date

import numpy as np
import pytest

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.compose import compose
from gisapp.render.page import write_html
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture
from gisapp.render.svg import svg_of

RUN = "document.title='hacked'"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'"><svg onload="{RUN}">',
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}",
    f"javascript:{RUN}",
    f'<a href="javascript:{RUN}">x</a>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>">',
    f"<!--<script>{RUN}//--></script>",
    f"]]><script>{RUN}</script>",
    f"${{{RUN}}}",
    f'{{{{ constructor.constructor("{RUN}")() }}}}',
    f"{{% raw %}}<script>{RUN}</script>",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"\u2028{RUN}\u2029",
    f'<math><mtext></form><form><mglyph><style></math><img src onerror="{RUN}">',
    f'<style>@import "javascript:{RUN}";</style>',
    f'<base href="javascript:{RUN}//">',
]  # fmt: skip


def picture():
    """Return a map on which the payloads are everything that a file or a user can name."""
    count = len(PAYLOADS)
    lonlat = np.column_stack([np.linspace(-60, 60, count), np.linspace(-40, 40, count)])
    texts = np.array(PAYLOADS, dtype=object)
    columns = {"name": texts, "source": texts, "url": texts, **dict.fromkeys(PAYLOADS, texts)}
    layers = tuple(
        DrawnLayer(Layer(text, text, Role.DEPOSIT, Features.from_points(lonlat, columns)))
        for text in PAYLOADS[:4]
    )
    return Picture(
        title=PAYLOADS[0], subtitle=PAYLOADS[2], layers=layers, sources=tuple(PAYLOADS),
        caption=PAYLOADS[3], as_of=date(2026, 11, 22),
    )  # fmt: skip


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_nothing_runs(ending, tmp_path):
    browser = shutil.which("chromium")
    assert browser is not None, "needs Chromium: see packaging/debian-tools-for-tests.txt"
    path = tmp_path / f"map.{ending}"
    if ending == "html":
        write_html(picture(), path)
    else:
        path.write_text(svg_of(compose(picture(), FrameSpec())), "utf-8")
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--dump-dom",
            path.as_uri(),
        ],
        check=True, capture_output=True, timeout=90, text=True,
    )  # fmt: skip
    assert len(done.stdout) > 1000, "the page was drawn"
    assert "<title>hacked</title>" not in done.stdout
