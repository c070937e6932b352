import { readHeader } from './header-grammar.ts';

export const etagOf = (version: number | string) => `"${version}"`;

/** Whether `If-None-Match` names this tag: a list, weakly compared (RFC 9110, 13.1.2), or `*`. Anything else is ignored. */
export function noneMatchFails(header: string | undefined, etag: string): boolean {
  const tags = readHeader('IfNoneMatch', header);
  return tags === '*' || (tags?.some((tag) => `"${tag}"` === etag) ?? false);
}
