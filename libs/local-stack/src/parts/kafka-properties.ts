export interface BrokerAddress {
  id: number;
  clientPort: number;
  controllerPort: number;
  /** A second listener, for clients that reach the broker through a relay. */
  relayed?: Relayed;
}

/** The broker listens at `port` and tells its clients `relayPort`, where somebody else must listen and pass on. */
export interface Relayed {
  port: number;
  relayPort: number;
}

const tenYearsInMinutes = 10 * 365 * 24 * 60;
const longestInMs = 2_147_483_647;

/** The settings of one broker in KRaft mode: broker and controller in one process, listening on 127.0.0.1. */
export function brokerProperties(
  broker: BrokerAddress,
  all: BrokerAddress[],
  home: string,
  more: Record<string, string> = {},
): string {
  const copies = Math.min(3, all.length);
  const copiesInSync = Math.min(2, copies);
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': broker.id,
    // Voters by address in the settings, not in the log: so ports may change from one start to the next.
    'controller.quorum.voters': all
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(','),
    ...listeners(broker),
    'inter.broker.listener.name': 'CLIENTS',
    'controller.listener.names': 'CONTROLLERS',
    'log.dirs': home.replaceAll('\\', '/'),

    // A broker that was killed comes back only after its old session has ended.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,

    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    'min.insync.replicas': copiesInSync,
    'unclean.leader.election.enable': false,

    // A position that is lost stops its partition, so a group that rests must keep it.
    'offsets.retention.minutes': tenYearsInMinutes,
    'offsets.topic.num.partitions': 12,
    'offsets.topic.replication.factor': copies,

    // The fence of a worker that rests must stay as well; this is the longest that Kafka takes, 24 days.
    'transactional.id.expiration.ms': longestInMs,
    'transaction.max.timeout.ms': 900_000,
    'transaction.state.log.num.partitions': 12,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': copiesInSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': copiesInSync,

    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 2_000,
    ...more,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function listeners({ clientPort, controllerPort, relayed }: BrokerAddress): Record<string, string> {
  const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
  const names = ['CLIENTS', 'CONTROLLERS', ...(relayed ? ['RELAYED'] : [])];
  return {
    listeners: [
      at('CLIENTS', clientPort),
      at('CONTROLLERS', controllerPort),
      ...(relayed ? [at('RELAYED', relayed.port)] : []),
    ].join(','),
    'advertised.listeners': [
      at('CLIENTS', clientPort),
      ...(relayed ? [at('RELAYED', relayed.relayPort)] : []),
    ].join(','),
    'listener.security.protocol.map': names.map((name) => `${name}:PLAINTEXT`).join(','),
  };
}
