import { useState, type ReactNode } from 'react';
import { safeImage, safeLink } from '../markdown/safe-url.ts';
import { visibleName } from './visible-text.ts';

/** A picture that came along; one that would have to be fetched is told of, not loaded. */
export function ImageView({ url, alt = '' }: { url: string; alt?: string }): ReactNode {
  const [broken, setBroken] = useState(false);
  const own = safeImage(url);
  const name = alt === '' ? 'Picture' : visibleName(alt);
  if (own !== undefined && !broken)
    return <img className="image-view" src={own} alt={name} onError={() => setBroken(true)} />;
  const link = safeLink(url);
  return (
    <span className="image-away">
      {broken ? 'A picture that cannot be read' : 'A picture from elsewhere, not loaded'}
      {link === undefined ? (
        <code>{visibleName(url, 120)}</code>
      ) : (
        <a href={link} target="_blank" rel="noopener noreferrer">
          {visibleName(link, 120)}
        </a>
      )}
    </span>
  );
}
