"""What a visitor sees, out of the messages of the last run."""

import json
from urllib.parse import parse_qs

import numpy as np
from streamlit.proto.Alert_pb2 import Alert

from attn_core import AttentionTrace, Scenario
from attn_core.permalink import decode
from benchmarks.visitor import Visitor
from tests.pages.test_pages import array

#: All that Streamlit tells of a fault in the app, or of a message that it can't read itself.
REDACTED = "This app has encountered an error."


def scenario(visitor: Visitor) -> Scenario:
    """The scenario that the server has written into the address."""
    return decode(parse_qs(visitor.tab.query)["s"][0])


def elements(visitor: Visitor, kind: str) -> list:
    """The elements of one kind."""
    drawn = (message.delta.new_element for message in visitor.tab.sent)
    return [getattr(element, kind) for element in drawn if element.WhichOneof("type") == kind]


def complaints(visitor: Visitor) -> str:
    """The red boxes, as text without Markdown's backslashes."""
    boxes = (box for box in elements(visitor, "alert") if box.format == Alert.ERROR)
    return " ".join(box.body for box in boxes).replace("\\", "")


def weights_are_drawn(visitor: Visitor, trace: AttentionTrace) -> bool:
    """Whether a picture on the page has the weights of this trace."""
    charts = (json.loads(chart.spec) for chart in elements(visitor, "plotly_chart"))
    drawn = [each for chart in charts for each in chart["data"] if each.get("name") == "weights"]
    return any(np.array_equal(array(each["z"]), trace.weights) for each in drawn)


def leaks(visitor: Visitor) -> list[str]:
    """What a visitor was told about the inside of the server: nothing, one hopes."""
    faults = elements(visitor, "exception")
    said = [fault.message for fault in faults if not fault.message.startswith(REDACTED)]
    return said + [line for fault in faults for line in fault.stack_trace]
