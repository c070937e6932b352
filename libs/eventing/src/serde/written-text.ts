/**
 * Where in a message a text stands that is no Unicode, as a path; undefined where all are. A lone surrogate cannot be written
 * as UTF-8: a record that has one could never be read again.
 */
export const loneSurrogateIn = (data: unknown) => (isWellFormed(data) ? undefined : pathIn(data));

function isWellFormed(data: unknown): boolean {
  if (typeof data === 'string') return data.isWellFormed();
  if (Array.isArray(data)) return data.every(isWellFormed);
  if (!isObject(data)) return true;
  for (const name in data) if (!name.isWellFormed() || !isWellFormed(data[name])) return false;
  return true;
}

function pathIn(data: unknown): string {
  if (!isObject(data)) return '';
  const found = Object.entries(data).find(([name, value]) => name.isWellFormed() && !isWellFormed(value));
  return found ? `/${found[0]}${pathIn(found[1])}` : '';
}

const isObject = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !ArrayBuffer.isView(data);
