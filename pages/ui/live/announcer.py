"""The live region of the page, which tells readers of the screen what a change did.

On every page, so it also brings `frontend/skip.js`.
"""

from __future__ import annotations

from pathlib import Path

from pages.ui.live.serialize import UNPACK, pack
from pages.ui.session import widgets
from pages.ui.session.state import session

#: A page that opens has nothing new to say.
_JS = """
export default function ({ parentElement, data }) {
  const { number, text } = UNPACK;
  let region = parentElement.querySelector(".lab-said");
  if (!region) {
    region = document.createElement("div");
    region.className = "lab-said";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    region.style = "position: absolute; width: 1px; height: 1px; overflow: hidden; "
      + "clip-path: inset(50%); white-space: nowrap";
    parentElement.append(region);
  } else if (number !== parentElement.labNumber) {
    region.textContent = text;
  }
  parentElement.labNumber = number;
}
"""

#: A browser runs a script once, however often its function is called.
_SKIP = (Path(__file__).parent / "frontend" / "skip.js").read_text("utf-8")
_say = widgets.component(
    "announcer", js=_SKIP + _JS.replace("UNPACK", UNPACK), isolate_styles=False
)


def announce() -> None:
    """Say what has changed since the last run of a whole page, in weights."""
    told = session().announcement
    told.follow(session().scenario, session().head)
    _say(key="announcer", data=pack({"number": told.number, "text": told.text}), height=1)
