import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../problem/problem.ts';
import { readHeader } from './header-grammar.ts';

/** Refuses a body that is not JSON in UTF-8, or is compressed. */
export function refuseOtherThanJson(headers: IncomingHttpHeaders): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  const media = readHeader('ContentType', headers['content-type']);
  if (media?.type !== 'application/json') throw unsupported('Bodies are application/json');
  const charset = media.parameters.get('charset') ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) throw unsupported(`Bodies are UTF-8, not ${charset}`);
  const coding = headers['content-encoding'] ?? 'identity';
  if (readHeader('ContentEncoding', coding)?.some((name) => name !== 'identity') ?? true)
    throw unsupported(`Bodies are not compressed: ${coding} is not read here`);
}

/** RFC 9110, 15.5.16: says what would be read. */
const unsupported = (detail: string) =>
  new Problem(415, 'unsupported-media-type', detail, {
    headers: { Accept: 'application/json', 'Accept-Encoding': 'identity' },
  });
