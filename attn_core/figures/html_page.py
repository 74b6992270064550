"""A trace as one HTML file that needs nothing else: no server, no network."""

from __future__ import annotations

import base64
import gzip
import json
from functools import lru_cache
from itertools import pairwise

from ..attention import AttentionTrace
from ..document import to_json
from ..explain.describe import describe_step
from ..export.part import equations, head_name, kind
from ..notation.equation import Block, Equation
from ..notation.labels import number, subscripts
from ..notation.steps import Step
from ..text import escape
from .boxes.draw_equation import describe
from .plotly_script import plotly_script

#: The page can't load anything, whatever should come to stand in it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #22303f; background: #fff; }
section { margin: 2.5rem 0; }
figure { margin: 1rem 0; overflow-x: auto; break-inside: avoid; }
.formula { font-size: 1.15rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; }
th, td { padding: 0.15rem 0.6rem; border: 1px solid #d5dbe1; }
td { text-align: right; }
th { font-weight: 600; white-space: pre-wrap; }
details { overflow-x: auto; }
"""

# Plotly is unpacked by the browser; one that can't do that still has tables and sentences.
_SCRIPT = """
const read = (id) => document.getElementById(id).textContent;
async function start() {
  const packed = Uint8Array.from(atob(read("plotly")), (c) => c.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(plain).text();
  document.head.append(script);
  for (const place of document.querySelectorAll("figure")) {
    const { data, layout, scale } = JSON.parse(read(place.dataset.figure));
    const toImageButtonOptions = { scale };
    const config = { displaylogo: false, modeBarButtons: [["toImage"]], toImageButtonOptions };
    await Plotly.newPlot(place.firstElementChild, data, layout, config);
  }
}
start().catch((error) => {
  console.error(error);
  document.getElementById("plain").hidden = false;
});
"""


def html_page(trace: AttentionTrace, only: str | None = None, link: str = "") -> str:
    """Write each step's formula, picture, sentence and numbers.

    Parameters
    ----------
    trace : AttentionTrace
    only : str, optional
        Name of the one step that is wanted; without it, all.
    link : str, optional
        Address of the scenario in the lab, which the page then links to.

    Returns
    -------
    str
        HTML of about 2 MB, nearly all of it Plotly's own script.

    Raises
    ------
    ValueError
        When the link isn't one of the web.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> made = html_page(attend(DEFAULT.scenario), "weights")
    >>> made.count("<figure"), made.count("<table")
    (1, 2)
    """
    if link and not link.startswith(("http://", "https://")):
        raise ValueError(f"The link must begin with http:// or https://, got {link!r:.40}.")
    s = trace.scenario
    title = kind(s)
    sentences = [escape.html(" ".join(words)) for words in (s.tokens, s.context) if words]
    shown = "\n".join(f'<p dir="auto">{sentence}</p>' for sentence in sentences)
    steps = enumerate(equations(trace, only))
    body = "\n".join(_section(trace, i, *step) for i, step in steps)
    back = f'<p><a href="{escape.html(link)}">Open it in the lab</a></p>' if link else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}: {" / ".join(sentences)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{shown}
{back}
<p id="plain" hidden>This browser can't draw the pictures; all numbers are in the tables.</p>
{body}
</main>
{_data("scenario", to_json(s))}
<script type="text/plain" id="plotly">{_plotly()}</script>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _section(trace: AttentionTrace, i: int, step: Step, head: int | None, written: Equation) -> str:
    described = describe(written)
    own = described.plain_numbers()
    heatmaps = [trace | numbers for trace, numbers in zip(described.traces, own, strict=False)]
    layout = described.layout | {"paper_bgcolor": "#ffffff"}
    data = [*heatmaps, *described.traces[len(own) :]]
    figure = {"data": data, "layout": layout, "scale": described.print_scale}
    name = head_name(trace, head)
    of_head = f", {escape.html(name)}" if name else ""
    tables = "\n".join(map(_table, written.blocks))
    return f"""<section>
<h2>{step.title}{of_head}</h2>
<p class="formula">{_formula(written)}</p>
<figure data-figure="figure-{i}" aria-label="{escape.html(written.alt)}">
<div></div>
</figure>
{_data(f"figure-{i}", json.dumps(figure, allow_nan=False, ensure_ascii=False))}
{_sentence(trace, step, head)}
<details><summary>Numbers as tables</summary>
{tables}
</details>
</section>"""


def _formula(written: Equation) -> str:
    """Write an equation with symbols in the place of its matrices."""
    text = ""
    for before, term in pairwise(("", *written.terms)):
        both = isinstance(before, Block) and isinstance(term, Block)  # heads side by side
        name = _name(term) if isinstance(term, Block) else escape.html(term)
        text += f"{', ' if both else ' '}{name}"
    return text.strip()


def _name(block: Block) -> str:
    return escape.html(block.title) or subscripts(escape.html(block.symbol))


def _sentence(trace: AttentionTrace, step: Step, head: int | None) -> str:
    """Say what the numbers of a step show."""
    return f"<p>{escape.html(describe_step(trace, step.name, head=head or 0))}</p>"


def _table(block: Block) -> str:
    columns = "".join(f'<th scope="col" dir="auto">{escape.html(c)}</th>' for c in block.columns)
    rows = "\n".join(
        f'<tr><th scope="row" dir="auto">{escape.html(label)}</th>{_cells(values.tolist())}</tr>'
        for label, values in zip(block.rows, block.values, strict=True)
    )
    return f"""<table><caption>{_name(block)} {block.shape}</caption>
<thead><tr><td></td>{columns}</tr></thead>
<tbody>
{rows}
</tbody></table>"""


def _cells(values: list[float]) -> str:
    """Write numbers to be read, with all their digits for a program."""
    return "".join(f'<td><data value="{v!r}">{number(v, 3)}</data></td>' for v in values)


def _data(name: str, json: str) -> str:
    return f'<script type="application/json" id="{name}">{escape.script(json)}</script>'


@lru_cache(maxsize=1)
def _plotly() -> str:
    """Return Plotly's script, packed.

    As it is, it would make each file 4.8 MB, which a server holds in its memory for each
    visitor who saves one; packed it is 2. Browsers can unpack since 2023.
    """
    return base64.b64encode(gzip.compress(plotly_script(), mtime=0)).decode("ascii")
