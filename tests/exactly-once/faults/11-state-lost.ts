import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

interface Meta {
  readonly clusterId: string;
  readonly topicId: string;
  readonly deciderVersion: number;
  readonly position: string;
}

/** Each answers whether there was anything to harm. */
const harms: Readonly<Record<string, (directory: string) => Promise<boolean>>> = {
  lost: async (directory) => {
    rmSync(directory, { recursive: true });
    return true;
  },
  truncated: async (directory) => {
    const file = join(directory, 'data.mdb');
    if (!existsSync(file)) return false;
    truncateSync(file, Math.floor(statSync(file).size / 2));
    return true;
  },
  'from another cluster': (directory) => rewrite(directory, (meta) => ({ ...meta, clusterId: 'another' })),
  'from an older decider version': (directory) =>
    rewrite(directory, (meta) => ({ ...meta, deciderVersion: meta.deciderVersion - 1 })),
  'ahead of the log': (directory) =>
    rewrite(directory, (meta) => ({ ...meta, position: String(BigInt(meta.position) + 1_000_000n) })),
};

/** Of two services in turn, so that each harm comes to both. */
const owners = [
  { name: 'orders-1', group: 'orders.decider' },
  { name: 'inventory-2', group: 'inventory.decider' },
] as const;
const turns = [...Object.entries(harms), ...Object.entries(harms)].map(
  ([kind, harm], turn) => [kind, { harm, ...(owners[turn % 2] as (typeof owners)[number]) }] as const,
);

/** The state of a decider on an instance's disk is not what it should be: it is rebuilt from the log. */
export class StateLost implements Fault {
  readonly number = 11;
  readonly name = "a decider's state lost, truncated, foreign, old, ahead of the log";
  readonly times = 10;
  readonly kinds = new Kinds(turns);

  async once(bench: Bench): Promise<number> {
    const { cluster, history } = bench;
    const [kind, { harm, name, group }] = this.kinds.next();
    const service = cluster.service(name);
    await service.hold('SIGKILL');
    const directory = join(cluster.stateDir(name), group);
    const partitions = existsSync(directory) ? readdirSync(directory) : [];
    const harmed = await Promise.all(partitions.map((partition) => harm(join(directory, partition)))).finally(
      () => service.release(),
    );
    const partitionsHarmed = harmed.filter(Boolean).length;
    history.write('state', { kind, name, partitions: partitionsHarmed });
    if (partitionsHarmed === 0) throw new Error(`No state of ${name} could be ${kind}`);
    await untilReady(bench, service);
    return 1;
  }
}

/**
 * Changes what a store says of itself, and takes away what it knows: whoever believes it decides wrongly. One that was cut
 * short before, and never opened since, is left alone.
 */
async function rewrite(directory: string, change: (meta: Meta) => Meta): Promise<boolean> {
  const env = open({ path: directory, noSubdir: false, maxDbs: 8 });
  const { lastPageNumber, pageSize } = env.getStats() as { lastPageNumber: number; pageSize: number };
  const whole = statSync(join(directory, 'data.mdb')).size >= (lastPageNumber + 1) * pageSize;
  const rewritten = whole && (await rewriteMeta(env, change));
  await env.close();
  return rewritten;
}

async function rewriteMeta(env: RootDatabase, change: (meta: Meta) => Meta): Promise<boolean> {
  const meta = env.openDB<Meta, string>({ name: 'meta', encoding: 'json' });
  const found = meta.get('meta');
  if (!found) return false;
  await meta.put('meta', change(found));
  for (const name of ['aggregates', 'commands', 'commands-by-time']) env.openDB({ name }).clearSync();
  return true;
}
