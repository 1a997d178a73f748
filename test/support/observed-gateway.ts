import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from 'spantail';
import { onTestFinished } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts';
import { ObservedLog } from './observed-log.ts';

/** A gateway on an embedded log of which every call is seen, and may be made to wait or fail. */
export async function startObservedGateway(
  options: TestGatewayOptions = {},
): Promise<TestGateway & { observed: ObservedLog }> {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
  const inner = await openLog(undefined, directory, 600_000);
  onTestFinished(async () => {
    await inner.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const observed = new ObservedLog(inner);
  const gateway = await startTestGateway({ ...options, log: observed.log });
  return { ...gateway, observed };
}
