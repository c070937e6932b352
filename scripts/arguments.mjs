/** True when somebody asks what a program is for. */
export const asksForHelp = (args = process.argv.slice(2)) =>
  args.some((arg) => arg === '--help' || arg === '-h');

/** For a program without options: prints the usage where help is asked for, refuses any other argument, and ends in both cases. */
export function takesNoArguments(usage, args = process.argv.slice(2)) {
  if (args.length === 0) return;
  if (asksForHelp(args)) {
    console.log(usage);
    process.exit(0);
  }
  console.error(`There is no option ${args[0]}.\n${usage}`);
  process.exit(2);
}
