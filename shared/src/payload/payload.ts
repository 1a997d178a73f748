/**
 * A value a span carries (its input, its output), stored by content.
 *
 * A JSON array (`list: true`) has one part per element, so that a message an agent sends again is
 * stored once; anything else is one part. `mediaType` is `text/plain` when the value is a string
 * (the part is the text itself) and `application/json` otherwise (each part is JSON text).
 */
export interface Payload {
  mediaType: 'text/plain' | 'application/json';
  /** Size of the whole value in UTF-8 bytes: the text, or its JSON. */
  bytes: number;
  /** The first characters of the text or JSON, at most {@link PREVIEW_CHARACTERS}. */
  preview: string;
  parts: PayloadItem[];
  list?: true;
}

/**
 * - `string`: an inline part, short text
 * - 16 bytes: a {@link BlobRef} to a part's UTF-8 text
 * - `PayloadChunk`: a run of parts shared with other payloads of the trace
 */
export type PayloadItem = string | BlobRef | PayloadChunk;

/** Truncated SHA-256 (first 16 bytes) of a blob's bytes. */
export type BlobRef = Uint8Array;

/** The reference of bytes; given by the caller, because SHA-256 is the platform's. */
export type BlobHash = (bytes: Uint8Array) => BlobRef;

/** A blob holding a MessagePack array of {@link PayloadItem}: `parts` leaves below it in all. */
export interface PayloadChunk {
  chunk: BlobRef;
  parts: number;
}

/** Content-addressed bytes; `ref` is the truncated SHA-256 of `bytes`. */
export interface Blob {
  ref: BlobRef;
  bytes: Uint8Array;
}

export const BLOB_REF_BYTES = 16;
export const PREVIEW_CHARACTERS = 200;
