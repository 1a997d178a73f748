/**
 * What a page that shows texts of agents must not have, as a program that lists what it has. Its own
 * links lead to its own pages, and it has a script and styles of its own origin.
 */
export const FIND_DANGERS = `(() => {
  const found = [];
  if (globalThis.pwned !== undefined || ({}).pwned !== undefined) found.push('it ran');
  for (const element of document.body.querySelectorAll('*')) {
    const name = element.localName;
    if (['script', 'iframe', 'object', 'embed', 'link', 'meta', 'base', 'form', 'style'].includes(name)) found.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith('on')) found.push(name + ' ' + attribute);
      if (attribute === 'href' && name === 'a' && !/^(?:https?:\\/\\/|mailto:|\\/(?!\\/))/.test(value)) found.push('link to ' + value);
      if (attribute === 'src' && !/^(?:data:image\\/(?!svg)|\\/icon\\.svg$)/.test(value)) found.push('loads ' + value);
      if (['srcdoc', 'srcset', 'formaction', 'action', 'ping'].includes(attribute)) found.push(attribute);
    }
    const href = name === 'a' ? element.getAttribute('href') : null;
    if (href !== null && !href.startsWith('/') && element.rel !== 'noopener noreferrer') found.push('a link without rel');
  }
  return found;
})()`;
