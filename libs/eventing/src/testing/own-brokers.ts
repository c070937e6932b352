import { afterAll, beforeAll } from '@jest/globals';
import { type Brokers, type BrokersOptions, defaultCacheDir, startBrokers } from '@atelier/local-stack';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaClient } from '../kafka/client.ts';

/** Settings of a broker that lets a producer write into a partition that its transaction has not enrolled. */
export const unverified = { 'transaction.partition.verification.enable': 'false' };

/** Brokers for one suite alone, which breaks them or needs other settings: there while its specs run. */
export class OwnBrokers {
  private started: { readonly brokers: Brokers; readonly client: KafkaClient } | undefined;

  /** To be called while the suite is described. */
  constructor(options: Omit<BrokersOptions, 'dataDir' | 'cacheDir'>) {
    const dataDir = mkdtempSync(join(tmpdir(), 'atelier-brokers-'));
    beforeAll(async () => {
      const brokers = await startBrokers({ dataDir, cacheDir: defaultCacheDir, ...options });
      this.started = { brokers, client: new KafkaClient({ brokers: brokers.addresses, clientId: 'spec' }) };
    }, 600_000);
    afterAll(async () => {
      await this.started?.client.close();
      await this.started?.brokers.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }, 600_000);
  }

  get client(): KafkaClient {
    return this.running().client;
  }

  async kill(broker: number): Promise<void> {
    await this.running().brokers.programs.get(broker)?.kill('SIGKILL');
  }

  async start(broker: number): Promise<void> {
    await this.running().brokers.programs.get(broker)?.start();
  }

  private running() {
    if (!this.started) throw new Error('The brokers run while specs do');
    return this.started;
  }
}
