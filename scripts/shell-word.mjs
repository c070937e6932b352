/** A text as one word of a POSIX shell, to be copied from a hint: in quotes where it has to be. */
export function shellWord(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
