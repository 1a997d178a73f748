import type { SpanType } from '@spantail/protocol';
import {
  ArrowRightLeft,
  Bot,
  Boxes,
  CircleDot,
  Database,
  ShieldCheck,
  Sparkles,
  Wrench,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import './type-icon.css';

const ICONS: Readonly<Record<SpanType, LucideIcon>> = {
  agent: Bot,
  model: Sparkles,
  tool: Wrench,
  retrieval: Database,
  embedding: Boxes,
  guardrail: ShieldCheck,
  handoff: ArrowRightLeft,
  step: CircleDot,
};

/** What kind of step a span is, in the colour of its type. */
export function TypeIcon({ type, size = 14 }: { type: SpanType; size?: number }): ReactNode {
  const Icon = ICONS[type];
  return (
    <span className={`type-icon type-${type}`} role="img" aria-label={type} title={type}>
      <Icon size={size} strokeWidth={2} aria-hidden />
    </span>
  );
}
