import { spawn } from 'node:child_process';

/**
 * @typedef {object} Tool
 * @property {string} name what users call it
 * @property {string} command
 * @property {string[]} args which make it print its version
 * @property {(output: string) => string | undefined} version finds the version in what it printed
 * @property {string} least the oldest version that works
 * @property {string} install what to do when it is missing
 */

/** @type {Tool[]} */
export const tools = [
  {
    name: 'npm',
    command: 'npm',
    args: ['--version'],
    version: (output) => /^(\d+\.\d+\.\d+)/m.exec(output)?.[1],
    least: '10.0.0',
    install: 'install Node.js 20.19 or later, which brings npm',
  },
  {
    name: 'Java',
    command: 'java',
    args: ['-version'],
    version: javaVersion,
    least: '17',
    install: 'install a JDK, 17 or later, and have its java on the PATH',
  },
  {
    name: 'Maven',
    command: 'mvn',
    args: ['--version'],
    version: (output) => /Apache Maven (\d+(?:\.\d+)*)/.exec(output)?.[1],
    least: '3.6.3',
    install: 'install Apache Maven, 3.6.3 or later, and have its mvn on the PATH',
  },
];

/** `17.0.15` from `openjdk version "17.0.15"`, `8` from the old `java version "1.8.0_392"`. */
export function javaVersion(output) {
  const version = /version "(\d+(?:\.\d+)*)/.exec(output)?.[1];
  return version?.replace(/^1\.(\d+).*/, '$1');
}

/** True when a version, such as 20.9.0, is at least another, such as 20.19. */
export function isAtLeast(version, least) {
  const numbers = version.split('.').map(Number);
  for (const [index, wanted] of least.split('.').map(Number).entries()) {
    const number = numbers[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}

/** What is missing or too old, one sentence each. */
export async function findMissing() {
  if (!isAtLeast(process.versions.node, '20.19')) {
    return [`Node.js ${process.versions.node} is too old: install Node.js 20.19 or later.`];
  }
  const complaints = await Promise.all(tools.map(async (tool) => complaintAbout(tool, await outputOf(tool))));
  return complaints.filter((complaint) => complaint !== undefined);
}

/** @param {Tool} tool @param {string | undefined} output undefined when it could not be run */
export function complaintAbout(tool, output) {
  const { name, least, install } = tool;
  if (output === undefined) return `${name} is missing: ${install}.`;
  const version = tool.version(output);
  if (version === undefined) return `${name} does not tell its version (${firstLine(output)}): ${install}.`;
  return isAtLeast(version, least) ? undefined : `${name} ${version} is too old: ${install}.`;
}

const firstLine = (text) => text.trim().split('\n', 1)[0] || 'it prints nothing';

/**
 * As the parts are started: in a locale in which Java can read the path that it is in, and without options that the user
 * has for other programs of Java.
 */
function environment() {
  const users = Object.entries(process.env).filter(
    ([name]) => !/^(JAVA_TOOL|JDK_JAVA|_JAVA)_OPTIONS$/.test(name),
  );
  return { ...Object.fromEntries(users), LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8' };
}

function outputOf({ command, args }) {
  return new Promise((resolve) => {
    // On Windows these commands are scripts, which only a shell runs.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 127 || code === 9009 ? undefined : output));
  });
}
