/** One place at which two JSON values differ; what is missing on a side is left out there. */
export interface Change {
  /** RFC 6901: `/lines/0/quantity`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What turned one JSON value into another, at the deepest places that can be named. */
export function difference(from: unknown, to: unknown, path = ''): Change[] {
  if (Object.is(from, to)) return [];
  if (!isContainer(from) || !isContainer(to) || Array.isArray(from) !== Array.isArray(to)) {
    return [{ path, from, to }];
  }
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.flatMap((name) => {
    const inner = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(to, name)) return [{ path: inner, from: from[name] }];
    if (!Object.hasOwn(from, name)) return [{ path: inner, to: to[name] }];
    return difference(from[name], to[name], inner);
  });
}

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
