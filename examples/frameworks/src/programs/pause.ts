import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Prints a line for the test, and waits for one from it: then the program goes on. */
export async function pause(line: string): Promise<void> {
  console.log(line);
  await lines.next();
}
