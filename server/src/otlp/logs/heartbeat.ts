import type { OtelSpan } from '@spantail/protocol';
import { readTracesJson } from '../json/read-traces.ts';
import { parseJson } from '../json/parse-json.ts';

/** The open spans in the bodies of heartbeats; one that cannot be read is passed over. */
export function openSpansOf(heartbeats: readonly string[]): OtelSpan[] {
  return heartbeats.flatMap((body) => {
    try {
      const { spans } = readTracesJson(parseJson(Buffer.from(body)));
      return spans.map(({ endUs: _endUs, ...open }) => open);
    } catch {
      return [];
    }
  });
}
