import { asksForHelp } from '../scripts/arguments.mjs';

/** What was asked for on the command line, as `read` understands it. Ends the process with the usage where that is asked for. */
export function commandLine<T>(
  usage: string,
  read: (args: readonly string[]) => T,
  args: readonly string[] = process.argv.slice(2),
): T {
  if (asksForHelp(args)) {
    console.log(usage);
    process.exit(0);
  }
  return read(args);
}
