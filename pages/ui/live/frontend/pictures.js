// What all pictures need of the browser, ours and Streamlit's own: fingers, and paper.
//
// A swipe scrolls the page wherever it begins, and only a tap acts. Plotly takes every finger
// that lifts for a click and, on a wide screen, every one that moves for a drag. So it isn't
// told of fingers: of a tap, and of nothing else, the browser makes events of a mouse, and it
// knows best what is one. Who pressed a picture's button to zoom or to pan wants to drag,
// until the button that shows all again.

const PLOT = ".js-plotly-plot";
const early = { capture: true, passive: true };

document.addEventListener("touchstart", keepFromPlotly, early);
document.addEventListener("click", noteButton, early);

function keepFromPlotly(event) {
  const plot = event.target.closest(`${PLOT} .draglayer`)?.closest(PLOT);
  if (plot && !plot.labDragged) event.stopPropagation();
}

function noteButton({ target }) {
  const button = target.closest?.(`${PLOT} .modebar-btn`);
  if (!button) return;
  const { attr, val } = button.dataset;
  if (attr === "dragmode") button.closest(PLOT).labDragged = true;
  if (val === "reset") button.closest(PLOT).labDragged = false;
}

// On paper the styles of `frame.py` fit a picture to the page, for which it must know its size.

window.addEventListener("beforeprint", tellSizes);
matchMedia("print").addEventListener("change", tellSizes);

function tellSizes() {
  for (const picture of document.querySelectorAll(`${PLOT} svg.main-svg`)) {
    const size = ["width", "height"].map((side) => parseFloat(picture.getAttribute(side)));
    picture.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
    picture.setAttribute("preserveAspectRatio", "xMinYMin");
  }
}
