import {
  ERRORS,
  SpantailError,
  backoffMs,
  decodeBlobList,
  type ErrorCode,
  type TraceId,
} from '@spantail/protocol';

export interface FetchBlobsOptions {
  /** `http://host:port` of the gateway. */
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  random: () => number;
  /** The client closes. */
  signal: AbortSignal;
  /** For one attempt, its body included. Default 30,000. */
  timeoutMs?: number;
}

/** Blobs by their hash in hex; those that are not there are left out. */
export type LoadedBlobs = [hash: string, bytes: Uint8Array][];

const MOST_ATTEMPTS = 4;

/**
 * Asks the gateway for blobs, a few times when it does not answer or says "later".
 *
 * @throws SpantailError LOG_UNAVAILABLE when it never answered, otherwise the code it refused with
 */
export async function fetchBlobs(
  options: FetchBlobsOptions,
  traceId: TraceId,
  hashes: string[],
): Promise<LoadedBlobs> {
  const { baseUrl, random, signal } = options;
  const query = hashes.map((hash) => `hash=${hash}`).join('&');
  const url = `${baseUrl}/api/v1/blobs?traceId=${traceId}&${query}`;
  for (let attempt = 0; ; attempt++) {
    try {
      const list = decodeBlobList(await getBytes(options, url));
      return hashes.flatMap((hash, i): LoadedBlobs => {
        const bytes = list[i];
        return bytes === undefined ? [] : [[hash, bytes]];
      });
    } catch (error) {
      const final = error instanceof SpantailError && !ERRORS[error.code].retry;
      if (final || signal.aborted || attempt + 1 >= MOST_ATTEMPTS) throw error;
      await wait(backoffMs(attempt, random()), signal);
    }
  }
}

async function getBytes(options: FetchBlobsOptions, url: string): Promise<Uint8Array> {
  const { fetch, signal, timeoutMs = 30_000 } = options;
  const attempt = new AbortController();
  const abort = (): void => attempt.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    const response = await fetch(url, { signal: attempt.signal });
    if (!response.ok) throw refusal(response.status, await response.text());
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof SpantailError) throw cause;
    const what = signal.aborted ? 'the client was closed' : 'the gateway does not answer';
    throw new SpantailError('LOG_UNAVAILABLE', `${what} (${url.split('?')[0]})`, { cause });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Until the time is over, or the client closes. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  let wake = (): void => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const timer = setTimeout(wake, ms);
  signal.addEventListener('abort', wake);
  await woken;
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}

/** What the gateway says in its problem+json; a proxy in front of it says something else. */
function refusal(status: number, body: string): SpantailError {
  const message = `the gateway answered ${status}: ${body.slice(0, 300)}`;
  return new SpantailError(codeIn(body) ?? codeOfStatus(status), message);
}

function codeIn(body: string): ErrorCode | undefined {
  try {
    const problem = JSON.parse(body) as { code?: unknown } | null;
    const code = problem?.code;
    return typeof code === 'string' && Object.hasOwn(ERRORS, code)
      ? (code as ErrorCode)
      : undefined;
  } catch {
    return undefined;
  }
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 404) return 'NOT_FOUND';
  return status === 429 || status >= 500 ? 'LOG_UNAVAILABLE' : 'BAD_MESSAGE';
}
