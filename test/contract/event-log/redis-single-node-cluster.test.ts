import { registerContract } from './contract.ts';
import { redisHarness } from './redis-harness.ts';

registerContract('the log on a cluster of one node', redisHarness({ cluster: true }));
