import { toHex, type Blob, type BlobRef } from '@spantail/protocol';
import type { Archive } from '../archive/archive.ts';
import type { EventLog, StreamName } from '../log/event-log.ts';

/**
 * The blobs of one run on their way from the log to the archive: which it has, which wait for the
 * next commit, and which a publisher is still to send again.
 */
export class RunBlobs {
  readonly #log: EventLog;
  readonly #archive: Archive;
  readonly #stream: StreamName;
  /** In the archive, or waiting for the next commit. */
  readonly #known = new Set<string>();
  readonly #pending = new Map<string, Blob>();
  readonly #missing = new Map<string, BlobRef>();
  /** Read from the archive for their text. */
  readonly #read = new Map<string, Uint8Array>();
  #pendingBytes = 0;

  constructor(log: EventLog, archive: Archive, stream: StreamName) {
    this.#log = log;
    this.#archive = archive;
    this.#stream = stream;
  }

  /** For the next commit. */
  get pending(): Blob[] {
    return [...this.#pending.values()];
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Bytes that were loaded. */
  readonly get = (ref: BlobRef): Uint8Array | undefined => {
    const key = toHex(ref);
    return this.#pending.get(key)?.bytes ?? this.#read.get(key);
  };

  /** These are in the archive. */
  learn(refs: readonly BlobRef[]): void {
    for (const ref of refs) this.#known.add(toHex(ref));
  }

  /** Takes over from the log what the archive does not have. */
  async collect(refs: readonly BlobRef[]): Promise<void> {
    const wanted = new Map<string, BlobRef>();
    for (const ref of refs) if (!this.#known.has(toHex(ref))) wanted.set(toHex(ref), ref);
    await this.#collect(wanted);
  }

  /** What was not in the log before may have been sent again. */
  async collectMissing(): Promise<void> {
    if (this.#missing.size > 0) await this.#collect(new Map(this.#missing));
  }

  async #collect(wanted: Map<string, BlobRef>): Promise<void> {
    if (wanted.size === 0) return;
    const hot = await this.#log.getBlobs(this.#stream, [...wanted.values()]);
    const absent: [string, BlobRef][] = [];
    for (const [i, [key, ref]] of [...wanted].entries()) {
      const bytes = hot[i];
      if (bytes === undefined) absent.push([key, ref]);
      else this.#add(key, { ref, bytes });
    }
    if (absent.length === 0) return;
    // The hot log has forgotten it, and the record has it, perhaps from another run.
    const kept = await this.#archive.getBlobs(
      this.#stream.project,
      absent.map(([, ref]) => ref),
    );
    for (const [i, [key, ref]] of absent.entries()) {
      const bytes = kept[i];
      if (bytes === undefined) this.#missing.set(key, ref);
      else this.#add(key, { ref, bytes });
    }
  }

  #add(key: string, blob: Blob): void {
    this.#pending.set(key, blob);
    this.#pendingBytes += blob.bytes.byteLength;
    this.#known.add(key);
    this.#missing.delete(key);
  }

  /** Makes these readable by {@link get}, as far as they exist. */
  async load(refs: readonly BlobRef[]): Promise<void> {
    const wanted = refs.filter((ref) => this.get(ref) === undefined);
    if (wanted.length === 0) return;
    const found = await this.#archive.getBlobs(this.#stream.project, wanted);
    for (const [i, ref] of wanted.entries()) {
      const bytes = found[i];
      if (bytes !== undefined) this.#read.set(toHex(ref), bytes);
    }
  }

  /** What waited is in the archive. */
  committed(): void {
    this.#pending.clear();
    this.#pendingBytes = 0;
    this.#read.clear();
  }
}
