/**
 * A page with the detail of a span, or with the conversation, and `window.run` to fill it: the tree is folded from events as in
 * the dashboard, only that they come from the test.
 */
export const DETAIL_PROGRAM = `
import { RunTree, SpantailError, buildPayload, buildPayloadFromJson, loadPayload, toHex } from '@spantail/protocol';
import { createRoot } from 'react-dom/client';
import { ConversationView } from './conversation/conversation-view.tsx';
import { SpanDetail } from './detail/span-detail.tsx';
import './app/theme.css';
import './app/base.css';

const traceId = '0123456789abcdef0123456789abcdef';
const tree = new RunTree(traceId);
const blobs = new Map();
const asked = [];
const root = createRoot(document.getElementById('root'));
let spanId;
let failing;
let isFailing = () => true;
let Shown = SpanDetail;

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
  asked.push(payload.bytes);
  if (failing && isFailing(payload)) return Promise.reject(failing);
  return loadPayload(payload, async (refs) => refs.map((ref) => blobs.get(toHex(ref))));
}

function show() {
  const nowUs = Math.max(...[...tree.walk()].map(({ span }) => span.endUs ?? span.startUs ?? 0)) + 1e6;
  const source = { traceId, tree, version: tree.version, status: 'live', momentMs: undefined, nowUs, load };
  const selection = { spanId, select: (id) => { spanId = id; show(); } };
  root.render(<div style={{ height: '100vh' }}><Shown source={source} selection={selection} /></div>);
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
  /** What is loaded from now on fails; \`only\`: of payloads with such a beginning. */
  fail(error, only = '') {
    failing = error;
    isFailing = ({ preview }) => preview.includes(only);
  },
  expire() { failing = new SpantailError('NOT_FOUND', 'it expired'); },
  selected: () => spanId,
  /** Sizes of what was loaded. */
  asked: () => asked,
  showConversation() { Shown = ConversationView; show(); },
};
show();
`;
