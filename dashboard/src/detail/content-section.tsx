import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';

/** Sections the reader folded, while the page is there: the next span's are folded too. */
const folded = new Set<string>();

/** A section under a heading that folds it. */
export function ContentSection({
  title,
  note,
  children,
}: {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(!folded.has(title));
  const id = useId();
  const Icon = open ? ChevronDown : ChevronRight;
  const toggle = (): void => {
    if (open) folded.add(title);
    else folded.delete(title);
    setOpen(!open);
  };
  return (
    <section className="detail-section" aria-label={title}>
      <h3>
        <button type="button" aria-expanded={open} aria-controls={id} onClick={toggle}>
          <Icon size={14} aria-hidden />
          {title}
        </button>
        {note !== undefined && <span className="quiet">{note}</span>}
      </h3>
      <div id={id}>{open && children}</div>
    </section>
  );
}
