/** Ends a process that cannot start, with one line for the person who started it. */
export function refuseToStart(error: unknown): never {
  process.stderr.write(`Cannot start: ${explain(error)}\n`);
  process.exit(1);
}

/** The message of an error and of what caused it, on one line. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const message = oneLine(error.message || error.name);
  return error.cause === undefined ? message : `${message} (${explain(error.cause)})`;
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();
