"""What a visitor sees, out of the messages of the last run."""

from urllib.parse import parse_qs

from streamlit.proto.Alert_pb2 import Alert

from attn_core import AttentionTrace, Scenario
from attn_core.explain.describe import describe_step
from attn_core.permalink import decode
from attn_core.text import escape
from benchmarks.visitor import Visitor

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


def weights_are_told(visitor: Visitor, trace: AttentionTrace) -> bool:
    """Whether the page says in words what the weights of this trace are."""
    told = describe_step(trace, "weights", escape.markdown)
    return any(told == markdown.body for markdown in elements(visitor, "markdown"))


def leaks(visitor: Visitor) -> list[str]:
    """What a visitor was told about the inside of the server: nothing, one hopes."""
    faults = elements(visitor, "exception")
    said = [fault.message for fault in faults if not fault.message.startswith(REDACTED)]
    return said + [line for fault in faults for line in fault.stack_trace]
