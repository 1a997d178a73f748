import { SpantailError } from '@spantail/protocol';

/** The two addresses of a gateway from whichever its user gave. @throws SpantailError BAD_MESSAGE */
export function gatewayUrls(given: string): { socketUrl: string; httpUrl: string } {
  if (!URL.canParse(given) || !/^(ws|http)s?:$/.test(new URL(given).protocol))
    throw new SpantailError(
      'BAD_MESSAGE',
      `"${given}" is not a gateway's address; it looks like ws://host:port or http://host:port`,
    );
  const url = new URL(given);
  const secure = url.protocol === 'wss:' || url.protocol === 'https:';
  const path = url.pathname.replace(/\/(api\/v1\/watch\/?)?$/, '');
  const rest = `//${url.host}${path}`;
  return {
    socketUrl: `${secure ? 'wss' : 'ws'}:${rest}/api/v1/watch`,
    httpUrl: `${secure ? 'https' : 'http'}:${rest}`,
  };
}
