import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailpointName } from '@atelier/eventing/engine';
import { until } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

const after = ['after its command is in the log', 'after-publish'] as const;
const before = ['before its command is in the log', 'before-publish'] as const;

/** Before or after its command is in the log, and in both cases before it answers. */
export class GatewayKilled implements Fault {
  readonly number = 9;
  readonly name = 'the gateway killed between accepting and answering';
  readonly times = 8;
  readonly kinds = new Kinds<FailpointName>([after, after, after, before]);

  async once(bench: Bench): Promise<number> {
    const { cluster, random, history } = bench;
    const instance = `gateway-${random.between(1, 2)}`;
    const [, at] = this.kinds.next(random);
    const service = cluster.service(instance);
    const { deaths } = service;
    const armed = join(cluster.failpoints, instance);
    writeFileSync(armed, `${at} SIGKILL`);
    history.write('armed', { instance, at });
    try {
      await until(`${instance} passes ${at}`, () => !existsSync(armed) && service.deaths > deaths);
      await untilReady(bench, service);
    } finally {
      rmSync(armed, { force: true });
    }
    return 1;
  }
}
