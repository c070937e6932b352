/**
 * Where in a JSON value the first text is that cannot be kept as it is, names of members included: JSON can escape half of a
 * surrogate pair, which is no Unicode and has no UTF-8 (RFC 8259, 8.2). Undefined if there is none.
 */
export function illFormedIn(value: unknown): string | undefined {
  const left: [path: string, value: unknown][] = [['', value]];
  // Not by recursion: a body may be nested deeper than a stack.
  for (let next; (next = left.pop());) {
    const [path, inner] = next;
    if (typeof inner === 'string' && !inner.isWellFormed()) return path;
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [name, each] of Object.entries(inner).toReversed()) {
      if (!name.isWellFormed()) return path;
      left.push([path ? `${path}.${name}` : name, each]);
    }
  }
  return undefined;
}
