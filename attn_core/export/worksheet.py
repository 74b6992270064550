"""A lesson on paper: what to predict, boxes to fill in, and the solution on a sheet of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from ..attention import AttentionTrace, attend
from ..edits import editable
from ..notation.equation import Block, block
from ..notation.graph import graph
from ..notation.labels import number, short, subscripts
from ..notation.overview import END, overview
from ..scenario import Scenario
from ..tasks import Task, check
from ..tasks.course.lesson import LessonPage
from ..tasks.course.prediction import Prediction
from ..text import escape
from . import prose

#: The file is read, and printed, without anything from elsewhere.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_STYLE = """
:root { color-scheme: light; }
@page { margin: 10mm; }
body { font: 10pt/1.35 Georgia, "Times New Roman", serif; max-width: 186mm; margin: 8mm auto;
  padding: 0 4mm; color: #000; background: #fff; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
h1 { font-size: 17pt; line-height: 1.2; margin: 0; }
h2, h3 { font-size: 11.5pt; margin: 2mm 0 0.5mm; break-after: avoid; }
p, ul, ol { margin: 0.8mm 0; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1mm 8mm;
  align-items: baseline; border-bottom: 1pt solid #000; padding-bottom: 1.5mm; }
.options { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 1mm 7mm; }
.answer, .name { white-space: nowrap; }
.line { display: inline-block; width: 35mm; border-bottom: 0.5pt solid #000; }
.predictions > li { break-inside: avoid; margin-bottom: 1.5mm; }
.equations { display: flex; flex-wrap: wrap; align-items: end; gap: 1.5mm 7mm; }
.equations h3 { width: 100%; margin: 0; }
.equation { display: flex; flex-wrap: wrap; align-items: center; gap: 1mm 1.5mm;
  break-inside: avoid; }
figure { margin: 0; break-inside: avoid; }
figcaption { text-align: center; font-size: 9pt; line-height: 1.2; }
table { border-collapse: collapse; font-size: 8pt; font-variant-numeric: tabular-nums; }
th { font-weight: normal; padding: 0 0.6mm; line-height: 1.05; }
tbody th { text-align: right; max-width: 20mm; }
thead th { vertical-align: bottom; }
thead span { display: inline-block; max-width: 12mm; }
.long { writing-mode: vertical-rl; transform: rotate(180deg); padding-top: 1mm;
  max-height: 26mm; }
td { border: 0.5pt solid #000; min-width: 9mm; height: 6.2mm; text-align: center; padding: 0; }
thead td { border: 0; min-width: 0; height: 0; }
td.yours { border-width: 1.5pt; vertical-align: top; text-align: left; font-size: 6pt;
  line-height: 1; padding: 0.5mm 0 0 0.5mm; }
td.moved { border-width: 1.5pt; font-weight: bold; }
.formula { text-align: center; }
.root { text-decoration: overline; }
code { font-family: inherit; white-space: nowrap; }
#solution { break-before: page; margin-top: 12mm; }
@media print { #solution { margin-top: 0; } }
"""


#: Settings that make boxes of other shapes, which empty boxes would give away.
_NEW_BOXES = {"sentence", "sizes", "heads", "positions"}
#: Letters of a word that stand beside each other above a box; longer ones stand upright.
_SHORT = 8

#: How the boxes of a task are filled in: calculated, or as the page *Course* shows a model's head.
_BY_HAND = (
    "Fill in the empty boxes. Thick ones are yours to choose; the small number in each is that at "
    "the start."
)
_FROM_THE_SCREEN = "Fill in the weights of the head that you choose on the page <em>Course</em>."

#: Writes one box of a matrix: the matrix, its head, row and column.
Box = Callable[[Block, int, int, int], str]


def worksheet(page: LessonPage, about: str = "") -> str:
    """Write a lesson as a page to print: A4 or Letter, black on white.

    Parameters
    ----------
    page : LessonPage
        A variant of a lesson.
    about : str, optional
        Which one it is, for whoever has several on the desk.

    Returns
    -------
    str
        HTML that needs nothing else. The solution begins a sheet of its own.

    Raises
    ------
    ValueError
        When the lesson is written with Markdown that `prose` doesn't know.

    Examples
    --------
    >>> from attn_core.tasks import LESSONS
    >>> written = worksheet(LESSONS["7"].page("k3f9"), "Lesson 7, variant k3f9")
    >>> written.count("<h1>"), written.count("<script"), written.count("href")
    (2, 0, 0)
    """
    title = escape.html(page.task.title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Worksheet: {title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<header><h1>{title}</h1><span>{escape.html(about)}</span>
<span class="name">Name <span class="line"></span></span></header>
{prose.html(page.story)}
{_questions(page.predictions)}
<h2>Your task</h2>
{_task(page)}
</main>
<section id="solution">
<header><h1>Solution: {title}</h1><span>{escape.html(about)}</span></header>
{_answers(page.predictions)}
<h2>The task</h2>
{_solved(page)}
{prose.html(page.task.debriefed(page.task.solution))}
<h2>What many think</h2>
{prose.html(page.misconception)}
</section>
</body>
</html>
"""


def _questions(predictions: tuple[Prediction, ...]) -> str:
    asked = "\n".join(f"<li>{prose.html(each.question)}{_room(each)}</li>" for each in predictions)
    if not asked:
        return ""
    return f'<h2>Predict, before you calculate</h2>\n<ol class="predictions">\n{asked}\n</ol>'


def _room(prediction: Prediction) -> str:
    """Make the room for an answer."""
    if not prediction.options:
        return '<p class="answer">Answer: <span class="line"></span></p>'
    options = "".join(f"<li>☐ {prose.inline(option)}</li>" for option in prediction.options)
    return f'<ul class="options">{options}</ul>'


def _task(page: LessonPage) -> str:
    task = page.task
    asked = f"{prose.html(task.text)}\n{_results(task, task.start)}"
    chosen = "".join(
        f'<p class="answer">Your choice of the {name}: <span class="line"></span></p>'
        for name in sorted(task.movable.settings)
    )
    if task.movable.settings & _NEW_BOXES:
        inputs = (block(task.start_trace, name) for name in editable(task.start))
        given = "".join(_table(each, _given) for each in inputs)
        return (
            f"{asked}\n{chosen}<p>These are the numbers at the start. Draw the boxes of your own "
            f'solution on the back.</p>\n<div class="equation">{given}</div>'
        )
    how = _FROM_THE_SCREEN if task.movable.texts else _BY_HAND
    return f"{asked}\n{chosen}<p>{how}</p>\n{_way(page, task.start_trace, _to_fill_in(task))}"


def _way(page: LessonPage, trace: AttentionTrace, box: Box) -> str:
    """Write as much of the way as the lesson draws; of a model's head the weights alone."""
    if page.task.movable.texts:
        return f'<div class="equation">{_table(block(trace, "weights"), box)}</div>'
    return _equations(trace, box, page.draws)


def _answers(predictions: tuple[Prediction, ...]) -> str:
    answered = "\n".join(f"<li>{_answer(each)}</li>" for each in predictions)
    if not answered:
        return ""
    return f'<h2>Predictions</h2>\n<ol class="predictions">\n{answered}\n</ol>'


def _answer(prediction: Prediction) -> str:
    answer = prediction.answer
    if prediction.options:
        right = prose.inline(prediction.options[int(answer)])
    else:
        within = f" (± {short(prediction.within)} is right)" if prediction.within else ""
        right = f"{short(answer, 3)}{within}"
    trace = attend(prediction.scenario)
    shown = "".join(_table(block(trace, name), _given) for name in prediction.shows)
    return (
        f"<p><strong>{right}</strong></p>\n{prose.html(prediction.why)}\n"
        f'<div class="equation">{shown}</div>'
    )


def _solved(page: LessonPage) -> str:
    task = page.task
    chosen = task.movable.choice(task.solution)
    said = "One of many solutions; what it moves is thick."
    if chosen:
        text = escape.html(chosen.text)
        said = f"Layer {chosen.layer + 1}, head {chosen.head + 1}, which here reads “{text}”."
    way = _way(page, attend(task.solution), _solution(task))
    return f"<p>{said}</p>\n{_results(task, task.solution)}\n{way}"


def _results(task: Task, scenario: Scenario) -> str:
    results = check(task, scenario)
    sentences = (subscripts(escape.html(result.sentence)) for result in results)
    return f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in sentences)}</ul>"


def _equations(trace: AttentionTrace, box: Box, of: Collection[str]) -> str:
    """Write the way of each head from the embeddings to some steps; see `overview`."""
    written = []
    for head, name in enumerate(trace.scenario.heads or ("",)):
        if trace.scenario.h > 1:
            written.append(f'<h3 dir="auto">{escape.html(name)}</h3>')
        written += [f'<div class="equation">{each}</div>' for each in _lines(trace, head, box, of)]
    return f'<div class="equations">{"".join(written)}</div>'


def _lines(trace: AttentionTrace, head: int, box: Box, of: Collection[str]) -> Iterator[str]:
    line = ""
    for term in overview(trace, head, of).terms:
        if isinstance(term, Block):
            line += _table(term, box, head)
        elif term == END:
            yield line
            line = ""
        else:
            line += f"<span>{subscripts(escape.html(term))}</span>"
    yield line


def _table(shown: Block, box: Box, head: int = 0) -> str:
    columns = "".join(map(_heading, shown.columns))
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{escape.html(label)}</th>'
        f"{''.join(box(shown, head, i, j) for j in range(len(shown.columns)))}</tr>"
        for i, label in enumerate(shown.rows)
    )
    return (
        f"<figure><table><thead><tr><td></td>{columns}</tr></thead><tbody>{rows}</tbody></table>"
        f"<figcaption>{subscripts(escape.html(shown.symbol))} {shown.shape}</figcaption></figure>"
    )


def _heading(label: str) -> str:
    is_long = max(map(len, label.split()), default=0) > _SHORT
    text = f'<span{" class=long" * is_long} dir="auto">{escape.html(label)}</span>'
    return f'<th scope="col">{text}</th>'


def _given(shown: Block, head: int, row: int, column: int) -> str:
    return f"<td>{number(shown.values[row, column])}</td>"


def _to_fill_in(task: Task) -> Box:
    """Leave the boxes empty that are to be calculated, and those that may move."""

    def box(shown: Block, head: int, row: int, column: int) -> str:
        if shown.step.operation != "input":
            return "<td></td>"
        if task.movable.allows(shown.step.name, head, row, column):
            return f'<td class="yours">{number(shown.values[row, column])}</td>'
        return _given(shown, head, row, column)

    return box


def _solution(task: Task) -> Box:
    """Mark the inputs that differ from the start."""

    def box(shown: Block, head: int, row: int, column: int) -> str:
        if shown.step.operation == "input" and is_moved(shown, head, row, column):
            return f'<td class="moved">{number(shown.values[row, column])}</td>'
        return _given(shown, head, row, column)

    def is_moved(shown: Block, head: int, row: int, column: int) -> bool:
        if shown.step.name not in graph(task.start):
            return True
        before = block(task.start_trace, shown.step.name, head=head).values
        is_same = before.shape == shown.values.shape
        return is_same and bool(before[row, column] != shown.values[row, column])

    return box
