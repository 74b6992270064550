// Python sends what stays (the frame) only with a whole page, and the numbers each time.

/**
 * Put the frame that an element got last and the new numbers together.
 * Without a frame of this base (a page that was interrupted, say) there is null.
 */
export function mergeFrame(element, { base, frame, numbers }) {
  if (frame) element.labFrame = { base, frame };
  return element.labFrame?.base === base ? { ...element.labFrame, numbers } : null;
}

/**
 * Clean up after an element that has left the page. Streamlit also asks for it when new
 * data came while a file was loading; then the element stays.
 */
export function onDisconnect(element, cleanUp) {
  if (!element.isConnected) cleanUp();
}
