export const etagOf = (version: number | string) => `"${version}"`;

const tag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const tags = new RegExp(String.raw`^[ \t,]*${tag}(?:[ \t]*,[ \t,]*${tag})*[ \t,]*$`);

/** Whether `If-None-Match` names this tag: a list, weakly compared (RFC 9110, 13.1.2), or `*`. Anything else is ignored. */
export function noneMatchFails(header: string | undefined, etag: string): boolean {
  if (header?.trim() === '*') return true;
  if (header === undefined || !tags.test(header)) return false;
  const named = header.match(new RegExp(tag, 'g')) ?? [];
  return named.some((each) => each.replace(/^W\//, '') === etag);
}
