import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from './environment.ts';

/**
 * Java can keep the classes that a program loaded in an archive beside it; with one, the broker and the registry start in
 * half the time. An archive fits only the Java that wrote it, so its name tells which, and Java ignores one that does not fit.
 */
export function archiveFlags(home: string): string[] {
  const archive = archiveFile(home);
  return existsSync(archive)
    ? [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:disable', '-Xlog:all=error:stderr']
    : [];
}

export function archiveFile(home: string): string {
  return join(home, `classes-${javaFingerprint()}.jsa`);
}

let fingerprint: string | undefined;

function javaFingerprint(): string {
  fingerprint ??= createHash('sha256')
    .update(execFileSync('java', ['--version'], { env: cleanEnvironment() }))
    .digest('hex')
    .slice(0, 12);
  return fingerprint;
}
