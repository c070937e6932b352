/**
 * What was asked for on the command line, as `read` understands it. Ends the process with the usage where that is asked for; what
 * `parseArgs` throws ends with it, too.
 */
export function commandLine<T>(
  usage: string,
  read: (args: readonly string[]) => T,
  args: readonly string[] = process.argv.slice(2),
): T {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read(args);
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')) throw error;
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error });
  }
}
