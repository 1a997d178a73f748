/** The part of the WebSocket interface that is used: browsers, Node ≥ 22 and `ws` have it. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Where there is one (`ws`): ends a socket whose peer no longer answers. */
  terminate?(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** Lets a socket go: it is not heard any more. `dead`: its peer will not say goodbye. */
export function abandonSocket(socket: WebSocketLike, dead: boolean): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  // A socket that is let go while connecting reports an error; in Node nobody else would hear it.
  socket.onerror = () => {};
  try {
    if (dead && socket.terminate !== undefined) socket.terminate();
    else socket.close(1000);
  } catch {
    // Some implementations refuse to close a socket that is not open yet; it closes by itself.
  }
}

/** The bytes of a binary message, also of another realm (a frame, a test's window). */
export function binaryOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (Object.prototype.toString.call(data) === '[object ArrayBuffer]')
    return new Uint8Array(data as ArrayBuffer);
  return undefined;
}
