// Ctrl+Z and Ctrl+Shift+Z (Cmd on a Mac) press the page's own buttons Undo and Redo.

(() => {
  // Where the keys belong to what is being typed; a switch holds no text.
  const FIELDS =
    "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
  const DIALOG = "[role=dialog], dialog[open]";
  const PATIENCE = 3000; // ms; then the button is pressed whatever is on its way

  addEventListener("keydown", (event) => {
    const isAsked = event.key?.toLowerCase() === "z" && event.ctrlKey !== event.metaKey;
    if (!isAsked || event.altKey || event.defaultPrevented) return;
    // The focus, also inside a component.
    if (event.composedPath()[0].closest?.(FIELDS) || document.querySelector(DIALOG)) return;
    event.preventDefault();
    if (document.querySelector(".lab-boxes [data-dragged]")) return; // the hand goes on
    // A number that keys are changing is entered first, and undone once Python has it.
    const box = document.activeElement?.closest(".lab-boxes [tabindex]");
    box?.blur();
    box?.focus({ preventScroll: true });
    press(`.st-key-${event.shiftKey ? "redo" : "undo"} button`, performance.now());
  });

  function press(button, since) {
    const isBusy = window.labIsUnheard?.() || document.querySelector(".lab-boxes[data-busy]");
    if (isBusy && performance.now() - since < PATIENCE) setTimeout(press, 20, button, since);
    else document.querySelector(button)?.click();
  }
})();
