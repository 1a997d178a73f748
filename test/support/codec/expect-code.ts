import { SpantailError, type ErrorCode } from '@spantail/protocol';
import { expect } from 'vitest';

/** Runs what must throw a {@link SpantailError} of this code, and gives its message. */
export function expectCode(code: ErrorCode, run: () => unknown): string {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SpantailError);
  const { code: found, message } = thrown as SpantailError;
  expect({ code: found, message }).toMatchObject({ code });
  return message;
}
