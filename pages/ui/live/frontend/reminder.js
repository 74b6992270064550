// While the goals are scrolled out of sight, as on a phone, the nearest one stays at the upper edge
// of the window, so that a hand on a box sees what it does. Who hears the page is told by the bar.

import { element } from "./element.js";

const SEEN = 0.35; // the part of the bar that is enough

export class Reminder {
  constructor(bar) {
    this.bar = bar;
    this.node = element("div", "lab-reminder");
    this.node.setAttribute("aria-hidden", true);
    this.node.popover = "manual"; // above all else
    this.list = element("ul");
    this.node.append(this.list);
    bar.append(this.node);
    this.observer = new IntersectionObserver(([{ isIntersecting }]) => this.toggle(!isIntersecting), {
      threshold: SEEN,
    });
    this.observer.observe(bar);
  }

  toggle(isOn) {
    if (this.bar.isConnected) this.node.togglePopover(isOn);
  }

  remove() {
    this.observer.disconnect();
    this.node.remove();
  }
}
