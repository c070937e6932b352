import { lasting, until } from '../../harness/waiting.ts';
import type { TcpProxy } from '../network/tcp-proxy.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';

/** Longer than the clients' patience with one request, 10 s. */
const STALL_MS = 12_000;

const harms = {
  cut: async (relay: TcpProxy) => {
    for (let times = 0; times < 5; times++) {
      relay.cut();
      await lasting(500);
    }
  },
  refused: async (relay: TcpProxy) => {
    relay.cut({ refuse: true });
    await lasting(5_000);
  },
  stalled: async (relay: TcpProxy) => {
    relay.stall();
    await lasting(STALL_MS);
  },
  slow: async (relay: TcpProxy) => {
    relay.slow({ delayMs: 100 });
    await lasting(8_000);
  },
};

interface Harm {
  readonly toDatabase: boolean;
  readonly inflict: (relay: TcpProxy) => Promise<void>;
}

const everywhere = [false, true].flatMap((toDatabase) =>
  Object.entries(harms).map(([harm, inflict]): [string, Harm] => [
    `${toDatabase ? 'Postgres' : 'a broker'} ${harm}`,
    { toDatabase, inflict },
  ]),
);

/** The way to one broker, or to Postgres, is cut, closed, silent or slow. */
export class Connections implements Fault {
  readonly number = 6;
  readonly name = 'connections cut, refused, stalled, slow (brokers, Postgres)';
  readonly times = 8;
  readonly kinds = new Kinds(everywhere);

  async once({ cluster, random, history, broken }: Bench): Promise<number> {
    const [harm, { toDatabase, inflict }] = this.kinds.next();
    const broker = random.between(1, cluster.relays.brokers.length);
    const relay = toDatabase ? cluster.relays.database : (cluster.relays.brokers[broker - 1] as TcpProxy);
    const to = toDatabase ? 'postgres' : `kafka-${broker}`;
    await until(`somebody is connected to ${to}`, () => relay.connections > 0);
    history.write('connection', { harm, to });
    await broken.during(`${to} ${harm}`, () => inflict(relay).finally(() => relay.mend()));
    return 1;
  }
}
