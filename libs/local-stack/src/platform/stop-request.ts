/**
 * Aborted when the user or the system wants this process to end: Ctrl-C, a signal, a closed terminal, or the end of the
 * command that started it. Asking again changes nothing; stopping has its own deadlines.
 */
export function stopRequest(say: (reason: string) => void): AbortSignal {
  const request = new AbortController();
  const ask = (reason: string) => {
    if (request.signal.aborted) return;
    request.abort();
    say(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  if (process.channel) process.on('disconnect', () => ask('the command that started it has ended'));
  // A terminal that is gone must not end the process before its children.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return request.signal;
}
