/**
 * A page with the detail of a span, and `window.run` to fill it: the tree is folded from events as in
 * the dashboard, only that they come from the test.
 */
export const DETAIL_PROGRAM = `
import { RunTree, SpantailError, buildPayload, buildPayloadFromJson, loadPayload, toHex } from '@spantail/protocol';
import { createRoot } from 'react-dom/client';
import { SpanDetail } from './detail/span-detail.tsx';
import './app/theme.css';
import './app/base.css';

const traceId = '0123456789abcdef0123456789abcdef';
const tree = new RunTree(traceId);
const blobs = new Map();
const root = createRoot(document.getElementById('root'));
let spanId;
let failing;

function hash(bytes) {
  const ref = new Uint8Array(16);
  let a = 0x811c9dc5;
  for (const byte of bytes) a = Math.imul(a ^ byte, 0x01000193);
  let b = bytes.length;
  for (let i = bytes.length; i-- > 0; ) b = Math.imul(b ^ bytes[i], 0x01000193);
  new DataView(ref.buffer).setInt32(0, a);
  new DataView(ref.buffer).setInt32(4, b);
  new DataView(ref.buffer).setInt32(8, bytes.length);
  return ref;
}

function payloadOf(value) {
  return keep(buildPayload(value, hash));
}

function keep(built) {
  for (const { ref, bytes } of built.blobs) blobs.set(toHex(ref), bytes);
  return built.payload;
}

function load(payload) {
  if (failing) return Promise.reject(failing);
  return loadPayload(payload, async (refs) => refs.map((ref) => blobs.get(toHex(ref))));
}

function show() {
  const nowUs = Math.max(...[...tree.walk()].map(({ span }) => span.endUs ?? span.startUs ?? 0)) + 1e6;
  const source = { traceId, tree, version: tree.version, status: 'live', momentMs: undefined, nowUs, load };
  const selection = { spanId, select: (id) => { spanId = id; show(); } };
  root.render(<div style={{ height: '100vh' }}><SpanDetail source={source} selection={selection} /></div>);
}

window.run = {
  /** Events as in the log, with values for \`input\` and \`output\`. */
  apply(events) {
    for (const { input, output, ...event } of events)
      tree.apply({
        ...event,
        ...(input === undefined ? {} : { input: payloadOf(input) }),
        ...(output === undefined ? {} : { output: payloadOf(output) }),
      });
    show();
  },
  setInputJson(spanId, json) {
    tree.apply({ type: 'update', spanId, seq: 0, input: keep(buildPayloadFromJson(json, hash)) });
    show();
  },
  applyJson(json) { this.apply(JSON.parse(json)); },
  select(id) { spanId = id; show(); },
  fail(error) { failing = error; },
  expire() { failing = new SpantailError('NOT_FOUND', 'it expired'); },
  selected: () => spanId,
};
show();
`;
