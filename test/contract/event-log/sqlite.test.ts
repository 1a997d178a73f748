import { registerContract } from './contract.ts';
import { sqliteHarness } from './sqlite-harness.ts';

registerContract('the embedded log', sqliteHarness);
