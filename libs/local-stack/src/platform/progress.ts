/** Prints what has been done and when, counted from the start of the command. */
export type Progress = (step: string) => void;

export function progressSince(startedAt: number): Progress {
  return (step) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`  [${seconds} s] ${step}\n`);
  };
}

/** The command that hands over tells when it was started: `--started=<milliseconds since 1970>`. */
export function startedAt(args: string[] = process.argv): number {
  const given = args.find((arg) => arg.startsWith('--started='));
  return given ? Number(given.slice('--started='.length)) : Date.now();
}
