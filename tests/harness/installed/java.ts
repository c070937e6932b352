import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installedOnce, type Missing, succeeding } from './installed-once.ts';

/** Later versions need a parent that is not published. */
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:2.10:copy-dependencies';

/** The class path of what a `pom.xml` depends on; or why this machine cannot have it. */
export async function javaClassPath(name: string, pom: string): Promise<string | Missing> {
  const directory = await installedOnce({
    name,
    pinnedBy: [pom],
    install: async (target) => {
      await copyFile(pom, join(target, 'pom.xml'));
      const args = ['--batch-mode', '--no-transfer-progress', COPY, '-DincludeScope=runtime'];
      const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
      await succeeding(maven, [...args, `-DoutputDirectory=${join(target, 'lib')}`], { cwd: target });
    },
  });
  return typeof directory === 'string' ? join(directory, 'lib', '*') : directory;
}

/** Runs a Java program of one source file. */
export const runJava = (classPath: string, source: string, args: readonly string[]) =>
  succeeding('java', ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath, source, ...args], {
    cwd: dirname(source),
  });
