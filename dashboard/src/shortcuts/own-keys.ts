/** A focused element may have a use of its own for a key; then no shortcut has it. */
export function keepsItsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (isTextBox(target)) return false;
  if (target instanceof HTMLSelectElement) return isOfSelect(target, key);
  if (target instanceof HTMLInputElement && isOfInput(target, key)) return true;
  if (key === 'Enter' || key === ' ') return target.closest('button,a,summary') !== null;
  if (key.startsWith('Arrow') && target.closest('[role=tablist],[role=slider]') !== null)
    return true;
  const axis = SCROLLS.get(key);
  return axis !== undefined && scrollsRound(target, axis);
}

/** What text is typed into: only shortcuts that say so work there. */
export function isTextBox(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !NOT_TYPED.has(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement;
}

const NOT_TYPED: ReadonlySet<string> = new Set(
  'button checkbox color file image radio range reset submit'.split(' '),
);

type Axis = 'x' | 'y';
const SCROLLS: ReadonlyMap<string, Axis> = new Map([
  ['ArrowLeft', 'x'],
  ['ArrowRight', 'x'],
  ...['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map((key): [string, Axis] => [
    key,
    'y',
  ]),
]);

/** Keys that go to another choice of it, or show all; letters go to the choice that begins so. */
function isOfSelect({ options }: HTMLSelectElement, key: string): boolean {
  if (key === 'Enter' || key === ' ' || key === 'Escape' || SCROLLS.has(key)) return true;
  const begin = key.toLowerCase();
  return [...options].some(({ text }) => text.trim().toLowerCase().startsWith(begin));
}

function isOfInput({ type }: HTMLInputElement, key: string): boolean {
  if (type === 'checkbox') return key === ' ';
  if (type === 'radio') return key === ' ' || key.startsWith('Arrow');
  if (type === 'range') return SCROLLS.has(key);
  return key === ' ' || key === 'Enter';
}

/** Widgets that scroll by moving what is chosen in them; that is what the shortcuts do. */
const MOVED_IN = '[role=tree],[role=grid],[role=listbox]';

/** The focus is on, or within, what can be scrolled by keys. */
function scrollsRound(target: HTMLElement, axis: Axis): boolean {
  for (let at: HTMLElement | null = target; at !== null; at = at.parentElement) {
    if (at.matches(MOVED_IN)) return false;
    if ((at === target || at.tabIndex >= 0) && canScroll(at, axis)) return true;
  }
  return false;
}

function canScroll(element: HTMLElement, axis: Axis): boolean {
  const room =
    axis === 'x'
      ? element.scrollWidth - element.clientWidth
      : element.scrollHeight - element.clientHeight;
  if (room < 1) return false;
  const { overflowX, overflowY } = getComputedStyle(element);
  return /auto|scroll/.test(axis === 'x' ? overflowX : overflowY);
}
