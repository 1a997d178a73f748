import type { Attributes, SpanLog } from '../event/event.ts';
import type { FlatLists } from './flat-lists.ts';
import { fromJson, fromText } from './plain.ts';
import type { ContentRule, KeyRules } from './rules.ts';

/** An attribute that may mean something, of the span or of one of its events. */
export interface Known {
  key: string;
  value: unknown;
  rules: KeyRules;
  /** Another attribute says that its text is no JSON. */
  isPlainText: boolean;
  /** It became something else. */
  taken: boolean;
  /** What its text holds, once it was parsed. */
  parsed?: { value: unknown };
  /** The event that it is of: where it is nobody's, it stays there. */
  event?: SpanLog;
}

/** What one or several of the span's events hold. */
export interface EventContent {
  rules: readonly ContentRule[];
  value: unknown;
  /** They, for when it is nobody's. */
  logs: SpanLog[];
  taken: boolean;
}

export interface Exception {
  type?: string;
  message?: string;
  stack?: string;
  log: SpanLog;
}

/** What one pass over a span found. */
export interface Reading {
  known: Known[];
  /** Attributes that nobody here knows, as they came. */
  attributes: Attributes;
  lists: FlatLists;
  contents: EventContent[];
  exceptions: Exception[];
  logs: SpanLog[];
  /** Events of which some attributes were taken out. */
  rests: SpanLog[];
}

/** The value, a list or map in place of its JSON text. A text is parsed once. */
export function structured(known: Known, isJson = false): unknown {
  const { value } = known;
  if (typeof value !== 'string') return value;
  known.parsed ??= { value: isJson ? fromJson(value) : fromText(value) };
  return known.parsed.value;
}
