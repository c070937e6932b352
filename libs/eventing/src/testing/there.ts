/** What must be there. */
export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is nothing');
  return value;
}
