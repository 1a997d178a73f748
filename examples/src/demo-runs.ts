import { fileURLToPath } from 'node:url';

/** The folder of recorded runs that come with the project. */
export const RUNS = fileURLToPath(new URL('../runs', import.meta.url));
