import { SpantailError } from '@spantail/protocol';

const TIMEOUT_MS = 5_000;

/**
 * Checks that a gateway answers before anything is published to it: a publisher, which must never
 * give up on an agent's behalf, would try for a long time. Other addresses are left to the exporter.
 *
 * @throws SpantailError LOG_UNAVAILABLE, saying what to do
 */
export async function requireGateway(address: string, signal: AbortSignal): Promise<void> {
  if (!/^(http|ws)s?:/.test(address)) return;
  const url = new URL(address);
  url.protocol = url.protocol.replace('ws', 'http');
  const live = new URL('/live', url);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(live, { signal: limit });
    await response.body?.cancel();
    if (response.ok) return;
    throw unavailable(`${live.href} answers ${response.status}, so it is no gateway`);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SpantailError) throw error;
    throw unavailable(
      `no gateway answers at ${url.origin} (${reasonOf(error)}); start one with: spantail serve`,
      error,
    );
  }
}

function unavailable(message: string, cause?: unknown): SpantailError {
  return new SpantailError('LOG_UNAVAILABLE', message, { cause });
}

/** `fetch failed` says nothing; what is below it does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? `nothing within ${TIMEOUT_MS / 1_000} s` : error.message;
}
