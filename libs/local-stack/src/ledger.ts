import { readFileSync, rmSync } from 'node:fs';
import { signalGroup, type Child } from './child.ts';
import { isSameProcess, processIdentity } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';
import { writeWhole } from './write-whole.ts';

interface Entry {
  name: string;
  pid: number;
  identity: string;
  stopOrder: number;
  stopSignal: NodeJS.Signals;
}

/** The children on disk, so that those of a supervisor that was killed are found again. */
export class Ledger {
  readonly #file: string;
  readonly #identities = new WeakMap<Child, string>();

  constructor(file: string) {
    this.#file = file;
  }

  write(children: Child[]): void {
    const entries = children.flatMap((child): Entry[] => {
      const identity = this.#identities.get(child) ?? processIdentity(child.pid);
      if (identity === undefined) return [];
      this.#identities.set(child, identity);
      const { name, stopOrder, stopSignal } = child.spec;
      return [{ name, pid: child.pid, identity, stopOrder, stopSignal: stopSignal ?? 'SIGTERM' }];
    });
    writeWhole(this.#file, JSON.stringify(entries));
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

/**
 * Stops what a supervisor that was killed left running, and returns the names. A pid that belongs to another process by
 * now is left alone.
 */
export async function stopLeftovers(ledgerFile: string): Promise<string[]> {
  const left = readEntries(ledgerFile).filter(({ pid, identity }) => isSameProcess(pid, identity));
  for (const order of [...new Set(left.map((entry) => entry.stopOrder))].sort((a, b) => a - b)) {
    await Promise.all(left.filter((entry) => entry.stopOrder === order).map(stopEntry));
  }
  rmSync(ledgerFile, { force: true });
  return left.map(({ name }) => name);
}

async function stopEntry({ pid, identity, stopSignal }: Entry): Promise<void> {
  const isGone = async () => !isSameProcess(pid, identity);
  signalGroup(pid, stopSignal);
  if (await waitUntil(isGone, { withinMs: 10_000 })) return;
  signalGroup(pid, 'SIGKILL');
  await waitUntil(isGone, { withinMs: 10_000 });
}

function readEntries(file: string): Entry[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  } catch {
    return [];
  }
}
