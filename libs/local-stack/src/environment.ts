/** What a program needs to find others, its own files and the user's home; on Windows, too. */
const inherited = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TEMP', 'TMP', 'JAVA_HOME', 'LD_LIBRARY_PATH'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
];

/** Java reads and writes the names of files in the locale's encoding, and in `C` has no `ä`. */
const unicode = { LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8' };

/**
 * The environment of what is not ours, which would obey variables that were meant for something else: JAVA_TOOL_OPTIONS,
 * QUARKUS_*, APICURIO_*, PG*, MAILDEV_*, NODE_OPTIONS, NX_*, LANG. Only what is listed here, and `own`, gets there.
 */
export function cleanEnvironment(
  own: Record<string, string> = {},
  ambient: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = inherited.flatMap((name) => (ambient[name] === undefined ? [] : [[name, ambient[name]]]));
  return { ...Object.fromEntries(kept), ...unicode, ...own };
}

/** The user's own environment, for a tool that is theirs: Maven has its proxies, mirrors and certificates from there. */
export const usersEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, ...unicode });
