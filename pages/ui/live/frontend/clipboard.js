// Copying works also where the browser withholds its clipboard: on plain http under a name
// other than localhost, and in the frame of another site.

(() => {
  const given = navigator.clipboard;
  const native = given?.writeText?.bind(given);

  async function writeText(text) {
    try {
      if (native) return await native(text);
    } catch {
      // refused: the old way is left
    }
    if (!copied(text)) {
      labNotice("This browser doesn't let a page copy. Select the text and copy it by hand.", 8000);
      throw new DOMException("Copying was refused.", "NotAllowedError");
    }
  }

  /** Copy from a field that nobody sees, and give focus and selection back. */
  function copied(text) {
    const focus = document.activeElement;
    const selection = document.getSelection();
    const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true; // no keyboard comes up
    field.style.cssText = "position: fixed; top: 0; opacity: 0; font-size: 16px;";
    // Beside the button: a dialog would take the focus back from a field outside it.
    (focus?.parentElement ?? document.body).append(field);
    field.select();
    try {
      return document.execCommand("copy");
    } finally {
      field.remove();
      focus?.focus?.({ preventScroll: true });
      selection.removeAllRanges();
      for (const range of ranges) selection.addRange(range);
    }
  }

  if (given) given.writeText = writeText;
  else Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
})();
