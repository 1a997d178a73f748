import type { FastifyInstance } from 'fastify';
import type { IndexerLag } from '../../indexer/indexer.ts';
import type { EventLog } from '../../log/event-log.ts';
import { sendProblem } from './problem.ts';
import { SpantailError } from '@spantail/protocol';

const PROBE_TIMEOUT_MS = 2_000;
/** An answer this young is given again, so that a crowd of checks costs one probe. */
const FRESH_MS = 1_000;

/**
 * `/live`: the process turns. `/ready`: one event went into the log, was heard by the doorbell and
 * was read back, just now; and how far the record is behind. An archive that is away does not make
 * it unready: what is live goes on.
 */
export function registerHealth(
  app: FastifyInstance,
  log: EventLog,
  stopping: () => boolean,
  lag?: () => IndexerLag,
): void {
  let probe: { startedAtMs: number; result: Promise<number> } | undefined;

  app.get('/live', () => ({ status: 'live' }));

  app.get('/ready', async (_request, reply) => {
    if (stopping())
      return sendProblem(reply, new SpantailError('GOING_AWAY', 'this gateway is stopping'));
    if (probe === undefined || Date.now() - probe.startedAtMs > FRESH_MS)
      probe = { startedAtMs: Date.now(), result: log.probe(PROBE_TIMEOUT_MS) };
    try {
      const probeMs = await probe.result;
      return {
        status: 'ready',
        probeMs: Math.round(probeMs * 1_000) / 1_000,
        ...(lag === undefined ? {} : { lag: lag() }),
      };
    } catch (error) {
      probe = undefined;
      const detail = error instanceof Error ? error.message : String(error);
      return sendProblem(reply, new SpantailError('LOG_UNAVAILABLE', detail));
    }
  });
}
