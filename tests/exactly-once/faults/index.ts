import { WorkerKilled } from './01-worker-killed.ts';
import { BrokerLost } from './02-broker-lost.ts';
import { Zombie } from './03-zombie.ts';
import { RebalanceStorm } from './04-rebalance-storm.ts';
import { DelayedEndTxn } from './05-delayed-end-txn.ts';
import { Connections } from './06-connections.ts';
import { Outages } from './07-outages.ts';
import { PoisonedLoad } from './08-poison.ts';
import { GatewayKilled } from './09-gateway-killed.ts';
import { TooFewReplicas } from './10-too-few-replicas.ts';
import { PositionsLost } from './11-positions-lost.ts';
import { StateLost } from './11-state-lost.ts';
import { Rotation } from './12-rotation.ts';
import { BrokerPaused } from './13-broker-paused.ts';
import { EverythingPaused } from './14-everything-paused.ts';
import { Pairs } from './15-pairs.ts';
import { OnlyBrokerPaused } from './16-only-broker-paused.ts';
import { ManyGroupsKilled } from './18-many-groups-killed.ts';
import { OneGroupRebalanced } from './19-one-group-rebalanced.ts';
import { ZombieGivenBack } from './20-zombie-given-back.ts';
import { WithoutVersion2 } from './21-without-version-2.ts';
import { PartitionWithoutLeader } from './22-partition-without-leader.ts';
import { RollingRestart } from './23-rolling-restart.ts';
import { AnotherType } from './24-another-type.ts';
import type { Fault } from './fault.ts';

/** What takes turns in the rotation, in the order of the numbers. */
export const rotating = (): Fault[] => [
  new WorkerKilled(),
  new BrokerLost(),
  new Zombie(),
  new RebalanceStorm(),
  new DelayedEndTxn(),
  new Connections(),
  new Outages(),
  new PoisonedLoad(),
  new GatewayKilled(),
  new TooFewReplicas(),
  new StateLost(),
  new PositionsLost(),
];

/** Every fault by its number, without the rotation, in the order in which a whole run injects them. */
export const faults = (): Fault[] => [
  ...rotating(),
  new BrokerPaused(),
  new EverythingPaused(),
  new Pairs(),
  OnlyBrokerPaused.own(),
  OnlyBrokerPaused.of431(),
  new ManyGroupsKilled(),
  new OneGroupRebalanced(),
  new ZombieGivenBack(),
  new WithoutVersion2(),
  new PartitionWithoutLeader(),
  new RollingRestart(),
  new AnotherType(),
];

/** Every fault, the rotation included, for whoever wants to choose. */
export const numbered = (): Pick<Fault, 'number' | 'name'>[] =>
  [...faults(), new Rotation(rotating(), () => true)].sort((one, other) => one.number - other.number);
