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
import type { Fault } from './fault.ts';

/** Every fault by its number, in the order in which a whole run injects them. */
export const faults = (): Fault[] => [
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

/** Every fault, the rotation of them all included, for whoever wants to choose. */
export const numbered = (): Pick<Fault, 'number' | 'name'>[] => [
  ...faults(),
  new Rotation(faults(), () => true),
];
