import { once } from 'node:events';

/** Says that it waits, and goes on when a line comes. */
export async function waitForGo(): Promise<void> {
  console.log('waiting');
  process.stdin.resume();
  await once(process.stdin, 'data');
  process.stdin.pause();
}

/** What a step ended with, in a form that can be compared. */
export async function outcome(step: () => Promise<unknown>): Promise<unknown> {
  try {
    return { result: await step() };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
}

/** Anything that nobody caught is part of the result. */
export const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));
