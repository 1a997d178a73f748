const LINK_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
const PICTURE = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp);base64,[a-z\d+/=\s]+$/i;

/** The address when a click on it leads to a page and does nothing else; else `undefined`. */
export function safeLink(url: unknown): string | undefined {
  if (typeof url !== 'string' || url.length > 4_096) return undefined;
  try {
    // Without a base: a relative address would lead into the dashboard itself.
    const parsed = new URL(url.trim());
    return LINK_SCHEMES.has(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** A picture that is all in its address: nothing is asked from anybody. SVG is not a picture here. */
export function safeImage(url: unknown): string | undefined {
  return typeof url === 'string' && PICTURE.test(url) ? url : undefined;
}
