import { describe } from 'vitest';
import { appendSuite } from './append-suite.ts';
import { blobSuite } from './blob-suite.ts';
import { closeSuite } from './close-suite.ts';
import { doorbellSuite } from './doorbell-suite.ts';
import type { Harness } from './harness.ts';
import { leaseSuite } from './lease-suite.ts';
import { readSuite } from './read-suite.ts';
import { tailSuite } from './tail-suite.ts';
import { trimSuite } from './trim-suite.ts';
import { workSuite } from './work-suite.ts';

/** What every EventLog keeps, whatever it is stored in. */
export function registerContract(name: string, harness: Harness): void {
  describe(name, () => {
    for (const suite of [
      appendSuite,
      blobSuite,
      readSuite,
      tailSuite,
      trimSuite,
      leaseSuite,
      doorbellSuite,
      workSuite,
      closeSuite,
    ])
      suite(harness);
  });
}
