import { styleText } from 'node:util';

/** The few looks the terminal views use; plain when the stream takes no colour. */
export interface Style {
  dim: (text: string) => string;
  bold: (text: string) => string;
  open: (text: string) => string;
  ok: (text: string) => string;
  failed: (text: string) => string;
  lost: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Style = {
  dim: same,
  bold: same,
  open: same,
  ok: same,
  failed: same,
  lost: same,
};

export const COLOURED: Style = {
  dim: (text) => styleText('dim', text, { validateStream: false }),
  bold: (text) => styleText('bold', text, { validateStream: false }),
  open: (text) => styleText('cyan', text, { validateStream: false }),
  ok: (text) => styleText('green', text, { validateStream: false }),
  failed: (text) => styleText('red', text, { validateStream: false }),
  lost: (text) => styleText('yellow', text, { validateStream: false }),
};

/** Obeys NO_COLOR and FORCE_COLOR (no-color.org, force-color.org; `FORCE_COLOR=0` is no colour). */
export function styleFor(stream: { isTTY?: boolean }): Style {
  if ((process.env['NO_COLOR'] ?? '') !== '') return PLAIN;
  const forced = process.env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced === '0' || forced === 'false' ? PLAIN : COLOURED;
  return stream.isTTY === true ? COLOURED : PLAIN;
}
