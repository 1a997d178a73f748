import {
  ERRORS,
  QueryError,
  SpantailError,
  toWellFormed,
  type ErrorCode,
} from '@spantail/protocol';

export interface QueryTransport {
  /** `http://host:port` of the gateway. */
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  /** The client closes. */
  closing?: AbortSignal;
}

export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/**
 * Asks the gateway once.
 *
 * @throws SpantailError with the gateway's code, LOG_UNAVAILABLE when it does not answer; what
 *   `signal` was aborted with
 */
export async function requestJson(
  { baseUrl, fetch, closing }: QueryTransport,
  path: string,
  parameters: QueryParameters,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const url = `${baseUrl}/api/v1${path}${searchOf(parameters)}`;
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  const signals = [closing, signal].filter((one) => one !== undefined);
  for (const one of signals) {
    one.addEventListener('abort', leave);
    if (one.aborted) leave();
  }
  try {
    leaving.signal.throwIfAborted();
    const response = await fetch(url, { signal: leaving.signal });
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (cause instanceof SpantailError) throw cause;
    signal?.throwIfAborted();
    const what =
      closing?.aborted === true ? 'the client was closed' : `no gateway answers at ${baseUrl}`;
    throw new SpantailError('LOG_UNAVAILABLE', what, { cause });
  } finally {
    for (const one of signals) one.removeEventListener('abort', leave);
  }
}

function searchOf(parameters: QueryParameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${encodeURIComponent(name)}=${encodeURIComponent(toWellFormed(String(value)))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** What the gateway says in its problem+json; a proxy in front of it says something else. */
function refusal(status: number, body: string): SpantailError {
  const { code, detail, parameter, position } = problemIn(body);
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code))
    return new SpantailError(
      status === 404 ? 'NOT_FOUND' : status < 500 ? 'BAD_MESSAGE' : 'LOG_UNAVAILABLE',
      `the gateway answered ${status}: ${body.slice(0, 300)}`,
    );
  const message = String(detail);
  if (code !== 'QUERY_INVALID' || typeof parameter !== 'string')
    return new SpantailError(code as ErrorCode, message);
  const problem = message.startsWith(`${parameter}: `)
    ? message.slice(parameter.length + 2)
    : message;
  return new QueryError(parameter, problem, typeof position === 'number' ? position : undefined);
}

function problemIn(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
