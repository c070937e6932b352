import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../start-stack.ts';
import { writeWhole } from '../write-whole.ts';

/** `platform.json`: every address and every process of the running platform, for scripts. */
export class PlatformFile {
  readonly #file: string;
  readonly #addresses: Record<string, unknown>;

  /** `faults`: the directory of the switch of `npm run fault`, where there is one. */
  constructor(
    dataDir: string,
    gateway: string,
    stack: Stack,
    services: Record<string, string>,
    faults?: string,
  ) {
    this.#file = join(dataDir, 'platform.json');
    this.#addresses = {
      gateway,
      kafka: stack.kafka.bootstrap,
      registry: stack.registryUrl,
      postgres: stack.postgresUrl,
      mail: stack.mailUrl,
      smtp: `smtp://${stack.smtp.host}:${stack.smtp.port}`,
      services,
      supervisor: process.pid,
      ...(faults !== undefined && { faults }),
    };
  }

  write(processes: Record<string, number>): void {
    writeWhole(this.#file, `${JSON.stringify({ ...this.#addresses, processes }, null, 2)}\n`);
  }
}

/** Also removes one that a killed supervisor left. */
export function removePlatformFile(dataDir: string): void {
  rmSync(join(dataDir, 'platform.json'), { force: true });
}
