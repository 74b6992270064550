// Fingers on pictures: a swipe scrolls the page wherever it begins, and only a tap acts.
//
// Plotly takes every finger that lifts for a click and, on a wide screen, every one that moves
// for a drag. So it isn't told of fingers: of a tap, and of nothing else, the browser makes
// events of a mouse, and it knows best what is one. Who pressed a picture's button to zoom or
// to pan wants to drag, until the button that shows all again.

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
