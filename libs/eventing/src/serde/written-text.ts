/**
 * Where in a message a text stands that is no Unicode, as a path; undefined where all are. A lone surrogate cannot be written
 * as UTF-8: a record that has one could never be read again.
 */
export function loneSurrogateIn(data: unknown, path = ''): string | undefined {
  if (typeof data === 'string') return data.isWellFormed() ? undefined : path;
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return undefined;
  for (const [name, value] of Object.entries(data)) {
    const at = name.isWellFormed() ? loneSurrogateIn(value, `${path}/${name}`) : path;
    if (at !== undefined) return at;
  }
  return undefined;
}
