// A picture stays whole when its page becomes narrower: it is shown smaller until the answer comes
// that is drawn for the new width. How wide the page is, `viewport.py` measures.

const PAGE = ".st-key-viewport";

/** Fit a picture to the page that there is; `room` is the width that its frame was made for. */
export class Fit {
  constructor(plot) {
    this.plot = plot;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(document.querySelector(PAGE));
  }

  /** The picture has been drawn. */
  drawn(room) {
    this.room = room;
    this.fit();
  }

  fit() {
    if (matchMedia("print").matches) return;
    const width = document.querySelector(PAGE)?.clientWidth || this.room;
    this.plot.style.zoom = Math.min(1, width / this.room) || 1; // before it is drawn there is no room
  }

  remove() {
    this.observer.disconnect();
  }
}
