import { join } from 'node:path';
import { openArchive } from 'spantail';
import { onTestFinished } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../gateway.ts';
import { temporaryDirectory } from '../temporary.ts';
import { builtDashboard } from './build-dashboard.ts';

/** A gateway with a record and today's dashboard, as `spantail serve` is by default. */
export async function startDashboardGateway(
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  const dashboard = await builtDashboard();
  const archive = await openArchive(join(temporaryDirectory(), 'archive.sqlite'));
  const gateway = await startTestGateway({ archive, tracker: {}, dashboard, ...options });
  // Hooks run the other way round, and the gateway closes before its record.
  onTestFinished(() => archive.close());
  return gateway;
}
