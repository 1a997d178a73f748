/** Hears what passes through a stream. Never throws. */
export interface StreamObserver<T> {
  part(part: T): void;
  end(): void;
  fail(error: unknown): void;
  cancel(reason: unknown): void;
}

/**
 * The same stream, heard. It buffers nothing: a part is asked for when its reader asks for one, and
 * ends, errors and cancellation go through as they are.
 */
export function observeStream<T>(
  stream: ReadableStream<T>,
  observer: StreamObserver<T>,
): ReadableStream<T> {
  const reader = stream.getReader();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await read(reader, observer);
        if (done) {
          observer.end();
          controller.close();
        } else {
          observer.part(value);
          controller.enqueue(value);
        }
      },
      cancel(reason) {
        observer.cancel(reason);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function read<T>(
  reader: ReadableStreamDefaultReader<T>,
  observer: StreamObserver<T>,
): ReturnType<typeof reader.read> {
  try {
    return await reader.read();
  } catch (error) {
    observer.fail(error);
    throw error;
  }
}
