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

/** A controller that is no broker: a process of its own. */
export interface ControllerAddress {
  id: number;
  port: number;
  /** Where brokers find it, if somebody else listens there and passes on. */
  relayPort?: number;
}

const tenYearsInMinutes = 10 * 365 * 24 * 60;
const longestInMs = 2_147_483_647;

/**
 * The settings of one broker in KRaft mode, listening on 127.0.0.1: a controller, too, unless there is one apart. `home` is where
 * its data is, as seen from where it is started: Kafka splits a path at commas, and reads its settings as Latin-1. `more` goes last.
 */
export function brokerProperties(
  broker: BrokerAddress,
  all: BrokerAddress[],
  home: string,
  { apart, more }: { apart?: ControllerAddress | undefined; more?: Record<string, string> | undefined } = {},
): string {
  const voters = apart ? [apart] : all.map(({ id, controllerPort: port }) => ({ id, port }));
  return properties({
    'process.roles': apart ? 'broker' : 'broker,controller',
    'node.id': broker.id,
    ...quorum(voters),
    ...listeners(broker, apart === undefined),
    'inter.broker.listener.name': 'CLIENTS',
    'log.dirs': home,
    ...common(all.length),
    ...more,
  });
}

/** The settings of a controller that is no broker. */
export function controllerProperties(controller: ControllerAddress, brokers: number, home: string): string {
  return properties({
    'process.roles': 'controller',
    'node.id': controller.id,
    ...quorum([controller]),
    listeners: `CONTROLLERS://127.0.0.1:${controller.port}`,
    'advertised.listeners': `CONTROLLERS://127.0.0.1:${controller.relayPort ?? controller.port}`,
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,CONTROLLERS:PLAINTEXT',
    'log.dirs': home,
    ...common(brokers),
  });
}

type Settings = Record<string, string | number | boolean>;

/** Voters by address in the settings, not in the log: so ports may change from one start to the next. */
const quorum = (voters: readonly ControllerAddress[]): Settings => ({
  'controller.quorum.voters': voters
    .map(({ id, port, relayPort = port }) => `${id}@127.0.0.1:${relayPort}`)
    .join(','),
  'controller.listener.names': 'CONTROLLERS',
});

const properties = (settings: Settings) =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

/** What brokers and controllers must agree upon. */
function common(brokers: number): Settings {
  const copies = Math.min(3, brokers);
  const copiesInSync = Math.min(2, copies);
  return {
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
  };
}

function listeners({ clientPort, controllerPort, relayed }: BrokerAddress, isController: boolean): Settings {
  const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
  const names = ['CLIENTS', 'CONTROLLERS', ...(relayed ? ['RELAYED'] : [])];
  return {
    listeners: [
      at('CLIENTS', clientPort),
      ...(isController ? [at('CONTROLLERS', controllerPort)] : []),
      ...(relayed ? [at('RELAYED', relayed.port)] : []),
    ].join(','),
    'advertised.listeners': [
      at('CLIENTS', clientPort),
      ...(relayed ? [at('RELAYED', relayed.relayPort)] : []),
    ].join(','),
    'listener.security.protocol.map': names.map((name) => `${name}:PLAINTEXT`).join(','),
  };
}
