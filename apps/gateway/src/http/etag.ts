export const etagOf = (version: number | string) => `"${version}"`;

/** Whether `If-None-Match` names this tag: a list, weakly compared (RFC 9110, 13.1.2), or `*`. */
export function noneMatchFails(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag.replace(/^W\//, '') === etag);
}
