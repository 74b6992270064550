// Ctrl+Z and Ctrl+Shift+Z (Cmd on a Mac) press the page's own buttons Undo and Redo.

(() => {
  // Where the keys belong to what is being typed; a switch holds no text.
  const FIELDS =
    "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
  const DIALOG = "[role=dialog], dialog[open]";

  addEventListener("keydown", (event) => {
    const isAsked = event.key.toLowerCase() === "z" && event.ctrlKey !== event.metaKey;
    if (!isAsked || event.altKey || event.defaultPrevented) return;
    // The focus, also inside a component.
    if (event.composedPath()[0].closest?.(FIELDS) || document.querySelector(DIALOG)) return;
    event.preventDefault();
    document.querySelector(`.st-key-${event.shiftKey ? "redo" : "undo"} button`)?.click();
  });
})();
