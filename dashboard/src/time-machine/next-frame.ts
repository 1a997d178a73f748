/** While a page is not shown it has no frames; it goes on at this pace. */
const HIDDEN_MS = 100;

/** Calls back before the next picture is drawn. Returns a function that takes it back. */
export function onNextFrame(callback: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(callback, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(callback);
  return () => cancelAnimationFrame(frame);
}
