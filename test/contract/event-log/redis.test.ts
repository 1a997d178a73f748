import { registerContract } from './contract.ts';
import { redisHarness } from './redis-harness.ts';

registerContract('the log on Redis', redisHarness());
