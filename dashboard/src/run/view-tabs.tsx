import { GanttChart, MessagesSquare, Workflow } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';

const VIEWS = [
  { view: 'timeline', label: 'Timeline', Icon: GanttChart },
  { view: 'conversation', label: 'Conversation', Icon: MessagesSquare },
  { view: 'graph', label: 'Graph', Icon: Workflow },
] as const;

export type ViewName = (typeof VIEWS)[number]['view'];

export function viewOf(text: string | undefined): ViewName {
  return VIEWS.find(({ view }) => view === text)?.view ?? 'timeline';
}

/** The ways to look at one run. */
export function ViewTabs({
  current,
  onView,
}: {
  current: ViewName;
  onView: (view: ViewName) => void;
}): ReactNode {
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = VIEWS.findIndex(({ view }) => view === current);
    const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length];
    if (next === undefined) return;
    onView(next.view);
    document.getElementById(`view-tab-${next.view}`)?.focus();
  };
  return (
    <div className="view-tabs" role="tablist" aria-label="Views of the run" onKeyDown={move}>
      {VIEWS.map(({ view, label, Icon }) => (
        <button
          key={view}
          id={`view-tab-${view}`}
          type="button"
          role="tab"
          aria-selected={view === current}
          aria-controls="run-view"
          tabIndex={view === current ? 0 : -1}
          onClick={() => onView(view)}
        >
          <Icon size={14} aria-hidden />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}
