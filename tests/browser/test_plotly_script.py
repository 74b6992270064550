"""Plotly's script on its way to a browser, and where the server doesn't say what it is."""

import gzip

import pytest

from attn_core.figures.plotly_script import plotly_script
from tests.browser.conftest import settle

FILE = "**/plotly-*"


@pytest.mark.parametrize("kind", ["application/gzip", "text/javascript"])
def test_it_is_unpacked_where_it_comes_as_a_file(visit, kind):
    page = visit(settled=False, alone=True)
    asked = []
    page.route(
        FILE,
        lambda route: (
            asked.append(route.request.resource_type),
            route.fulfill(
                body=gzip.compress(plotly_script()),
                headers={"Content-Type": kind, "X-Content-Type-Options": "nosniff"},
            ),
        ),
    )
    page.reload()
    settle(page)
    assert page.locator(".js-plotly-plot").count() > 0
    assert set(asked) == {"script", "fetch"}
