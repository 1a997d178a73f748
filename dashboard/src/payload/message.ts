/** A chat message, whichever library's form it came in. */
export interface Message {
  role: string;
  name?: string;
  parts: MessagePart[];
}

export type MessagePart =
  | { kind: 'text'; text: string }
  | { kind: 'reasoning'; text: string }
  | { kind: 'tool-call'; name: string; id?: string; input: unknown }
  | { kind: 'tool-result'; name?: string; id?: string; output: unknown; failed: boolean }
  /** A data: URL, or an address that is told and not loaded. */
  | { kind: 'image'; url: string }
  | { kind: 'other'; value: unknown };
