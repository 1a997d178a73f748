import { openLog, type EventLog } from 'spantail';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../temporary.ts';

/** An embedded log that several gateways of one test may share. */
export async function temporaryLog(): Promise<EventLog> {
  const log = await openLog(undefined, temporaryDirectory(), 600_000);
  onTestFinished(() => log.close());
  return log;
}
