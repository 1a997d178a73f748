/**
 * Every error a user can meet, from one table: the wire's `error` message, HTTP's problem+json and
 * a socket's close code all name one of these. PROTOCOL.md's tables are checked against it.
 */
export const ERRORS = {
  BAD_MESSAGE: { http: 400, close: 4400, retry: false, title: 'The message cannot be understood' },
  CURSOR_INVALID: { http: 400, close: null, retry: false, title: 'The cursor is malformed' },
  CURSOR_OTHER_TRACE: {
    http: 400,
    close: null,
    retry: false,
    title: 'The cursor belongs to another trace',
  },
  TRACE_ID_INVALID: { http: 400, close: null, retry: false, title: 'Not a trace id' },
  EVENT_INVALID: { http: 400, close: null, retry: false, title: 'An event is malformed' },
  BATCH_INVALID: { http: 400, close: null, retry: false, title: 'A batch is malformed' },
  FORBIDDEN: { http: 403, close: null, retry: false, title: 'Not allowed from here' },
  NOT_FOUND: { http: 404, close: null, retry: false, title: 'Not found' },
  TOO_LARGE: { http: 413, close: 4413, retry: false, title: 'Larger than the limit' },
  TOO_MANY_SUBSCRIPTIONS: {
    http: 429,
    close: null,
    retry: false,
    title: 'Too many subscriptions on one connection',
  },
  OVERLOADED: {
    http: 429,
    close: null,
    retry: true,
    title: 'Too much in flight; send again later',
  },
  LOG_UNAVAILABLE: { http: 503, close: null, retry: true, title: 'The log does not answer' },
  ARCHIVE_UNAVAILABLE: {
    http: 503,
    close: null,
    retry: true,
    title: 'The archive does not answer',
  },
  QUERY_INVALID: { http: 400, close: null, retry: false, title: 'The query cannot be understood' },
  SLOW_VIEWER: {
    http: null,
    close: 4408,
    retry: true,
    title: 'No progress for 30 s; resume from the cursor',
  },
  GOING_AWAY: { http: 503, close: 4503, retry: true, title: 'The gateway is stopping' },
  PROTOCOL_UNSUPPORTED: {
    http: 426,
    close: 4406,
    retry: false,
    title: 'No common subprotocol; offer spantail.v1',
  },
  INTERNAL: { http: 500, close: 4500, retry: true, title: 'A fault in the gateway' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorEntry {
  /** Status when it answers an HTTP request. */
  http: number | null;
  /** Code when it closes a WebSocket. */
  close: number | null;
  /** Whether the same request may succeed later. */
  retry: boolean;
  title: string;
}

/** An error with its code; `message` names what, where and what to do. */
export class SpantailError extends Error {
  override readonly name = 'SpantailError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The error a socket was closed for; `undefined` when the code is none of the table's. */
export function errorOfClose(closeCode: number): ErrorCode | undefined {
  for (const [code, entry] of Object.entries<ErrorEntry>(ERRORS))
    if (entry.close === closeCode) return code as ErrorCode;
  return undefined;
}

/** Whether a client should connect again after its socket closed with this code. */
export function isRetryableClose(closeCode: number): boolean {
  const code = errorOfClose(closeCode);
  return code === undefined || ERRORS[code].retry;
}
