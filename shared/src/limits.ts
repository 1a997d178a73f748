/** Limits that sender and receiver both know. PROTOCOL.md's table is checked against this. */
export const LIMITS = {
  /** One encoded event. Larger payloads belong into blobs. */
  eventBytes: 1_048_576,
  /** One blob. */
  blobBytes: 16_777_216,
  /** One ingest request or ingest socket frame. */
  ingestBytes: 33_554_432,
  /** MessagePack values in one ingest request or list of blobs, what is inside of `bin` not counted. */
  ingestValues: 262_144,
  /** Values in one ingest request in JSON, about: its commas and brackets. */
  jsonValues: 1_048_576,
  /** Events in one batch. */
  batchEvents: 10_000,
  /** Events and references of one batch, without blobs. */
  batchBytes: 4_194_304,
  /** A lease. */
  leaseMs: 3_600_000,
  /** Traces in one renewal of leases. */
  leaseTraces: 10_000,
  /** Nesting of MessagePack arrays and maps. */
  depth: 64,
  /** Characters of a span's name. */
  nameCharacters: 1_024,
  /** One text frame from a viewer. */
  viewerFrameBytes: 16_384,
  /** Subscriptions of one viewer connection. */
  subscriptions: 1_000,
  /** Bytes of events in one frame to a viewer; one larger event still goes out whole. */
  frameBytes: 262_144,
} as const;
