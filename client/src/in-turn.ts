/**
 * Takes events one after the other, also those that taking one causes: a listener that closes what
 * calls it, or a socket that answers while it is sent to, then never finds a step half done.
 */
export function inTurn<Event>(take: (event: Event) => void): (event: Event) => void {
  const waiting: Event[] = [];
  let taking = false;
  return (event) => {
    waiting.push(event);
    if (taking) return;
    taking = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    } finally {
      taking = false;
    }
  };
}
