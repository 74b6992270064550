// Buttons and a slider below a board that has frames: they step through them in the browser.

export class Player {
  /** `pace` is how many ms each frame stays before the next, `played` what the slider goes through. */
  constructor(board, { pace, played }) {
    this.board = board;
    this.pace = pace;
    this.play = button("Play", () => (this.timer ? this.pause() : this.run()));
    this.slider = document.createElement("input");
    this.slider.type = "range";
    this.slider.min = 1;
    this.slider.setAttribute("aria-label", played);
    this.slider.oninput = () => {
      this.pause();
      this.show();
    };
    this.output = document.createElement("output");
    this.bar = document.createElement("div");
    this.bar.className = "lab-player";
    this.bar.append(style(), this.play, this.slider, this.output);
    board.plot.after(this.bar);
  }

  /** Take frames, which may have new numbers; the step that is shown stays. */
  set(frames) {
    const isNew = this.frames?.length !== frames.length;
    this.frames = frames;
    this.slider.max = frames.length;
    if (isNew) this.slider.value = frames.length;
    this.show();
  }

  /** A hand is moving numbers; their frames come when it lets go. */
  showLast() {
    this.pause();
    this.slider.value = this.slider.max;
    this.output.textContent = "";
  }

  get step() {
    return Number(this.slider.value);
  }

  show() {
    const { name } = this.frames[this.step - 1];
    this.output.textContent = name;
    this.slider.setAttribute("aria-valuetext", name);
    const still = { mode: "immediate", transition: { duration: 0 } };
    // Of frames that come faster than they are drawn Plotly leaves some out, and rejects those.
    window.Plotly.animate(this.board.plot, [name], {
      ...still,
      frame: { duration: 0, redraw: true },
    }).catch((error) => {
      if (error) throw error;
    });
  }

  run() {
    const isAtEnd = this.step === this.frames.length;
    this.timer = setInterval(() => this.go(this.step + 1), this.pace);
    this.name("Pause");
    this.go(isAtEnd ? 1 : this.step + 1);
  }

  go(step) {
    this.slider.value = step;
    this.show();
    if (step >= this.frames.length) this.pause();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.name("Play");
  }

  name(text) {
    this.play.textContent = text;
  }

  remove() {
    this.pause();
    this.bar.remove();
  }
}

function button(text, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.onclick = pressed;
  return made;
}

function style() {
  const made = document.createElement("style");
  made.textContent = `
    .lab-player { display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: center;
      padding: 4px 2px; font-size: 0.88rem; max-width: 100%; }
    .lab-player button { font: inherit; color: inherit; background: none; min-width: 4.5rem;
      padding: 0.3rem 0.8rem; border: 1px solid var(--st-border-color); border-radius: 0.5rem;
      cursor: pointer; }
    .lab-player button:hover, .lab-player button:focus-visible {
      border-color: var(--st-primary-color); color: var(--st-primary-color); }
    .lab-player input { flex: 1 1 8rem; max-width: 24rem; accent-color: var(--st-primary-color); }`;
  return made;
}
