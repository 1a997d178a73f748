/** What a viewer is reached through: a WebSocket, or an SSE response. */
export interface ViewerTransport {
  /** Sends one encoded server message; keeps no hold of the caller's turn. */
  send(message: Uint8Array): void;
  /** Bytes handed over and not yet taken by the kernel. */
  readonly bufferedBytes: number;
  /** Calls back, once each, after bytes were taken. */
  onDrain(listener: () => void): void;
  /** Closes with a code of the errors table. */
  close(closeCode: number, reason: string): void;
}
