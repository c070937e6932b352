/** The message of an error and of what caused it, on one line. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const message = oneLine(error.message || error.name);
  return error.cause === undefined ? message : `${message} (${explain(error.cause)})`;
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();
