/** A page that is not shown has no frames; it goes on at this pace. */
const HIDDEN_MS = 250;

/**
 * Calls back before the next picture is drawn; where there are none, because the page is not shown
 * or there is no page, a little later. Returns a function that takes it back.
 */
export function onNextFrame(callback: () => void): () => void {
  if (typeof document === 'undefined') {
    const timer = setTimeout(callback, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  let dismiss: () => void;
  const call = (): void => {
    forget();
    callback();
  };
  const wait = (): void => {
    if (document.hidden) {
      const timer = setTimeout(call, HIDDEN_MS);
      dismiss = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(call);
      dismiss = () => cancelAnimationFrame(frame);
    }
  };
  // A frame that was asked for before the page was hidden comes only when it is shown again.
  const waitAnew = (): void => {
    dismiss();
    wait();
  };
  const forget = (): void => {
    dismiss();
    document.removeEventListener('visibilitychange', waitAnew);
  };
  document.addEventListener('visibilitychange', waitAnew);
  wait();
  return forget;
}
