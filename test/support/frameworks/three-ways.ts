import { FrameworkProgram } from './framework-program.ts';
import { nobody } from './nobody.ts';
import { Viewer } from './viewer.ts';

/** What a program told. */
export interface ThreeWays {
  /** Without its adapter. */
  off: unknown;
  on: unknown;
  /** With it, but without a gateway to publish to, and without waiting for one. */
  away: unknown;
}

/** Runs a program with and without its adapter, at once; it is let on as often as it waits. */
export async function threeWays(file: string, mode: string, waits = 0): Promise<ThreeWays> {
  const told = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
    const program = new FrameworkProgram(file, [mode], env);
    for (let count = 1; count <= waits; count++) {
      await program.waits(count);
      program.go();
    }
    return program.told();
  };
  const [{ url }, gone] = await Promise.all([Viewer.start(), nobody()]);
  const [off, on, away] = await Promise.all([
    told({ ADAPTER: 'off' }),
    told({ SPANTAIL_URL: url }),
    told({ SPANTAIL_URL: gone, SHUTDOWN: 'none' }),
  ]);
  return { off, on, away };
}
