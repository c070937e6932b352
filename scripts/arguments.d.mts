export function asksForHelp(args?: readonly string[]): boolean;
