import { join } from 'node:path';
import { reports } from '@atelier/contracts';
import { HANDLED_TYPES, type HandledTypes } from '@atelier/eventing';
import { type AnyDecider, type Received, sideLanes } from '@atelier/eventing/domain';
import type { MessageCodec } from '@atelier/eventing/serde';
import type { Handler } from '@atelier/eventing/engine';
import { system } from '@atelier/eventing/time';
import { ReserveStockPolicy } from '../../apps/inventory/src/reserve-stock.policy.ts';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import { order } from '../../apps/orders/src/order.decider.ts';
import { RecordReservationPolicy } from '../../apps/orders/src/record-reservation.policy.ts';
import { DivertingHandler } from '../../libs/eventing/src/engine/groups/diverting-handler.ts';
import { pure } from '../../libs/eventing/src/failures/failure-plan.ts';
import { FailureReporter } from '../../libs/eventing/src/failures/reporter.ts';
import { DeciderHandler } from '../../libs/eventing/src/engine/groups/decider-handler.ts';
import type { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import { PolicyHandler, type Reaction } from '../../libs/eventing/src/engine/groups/policy-handler.ts';
import { DeciderState } from '../../libs/eventing/src/state/decider-state.ts';
import type { ScratchContracts } from './scratch-contracts.ts';

const DAY_MS = 86_400_000;
const deciders = new Map<string, AnyDecider>([
  ['orders.decider', order],
  ['inventory.decider', stock],
]);
const policies = new Map<string, object>([
  ['orders.record-reservation', new RecordReservationPolicy()],
  ['inventory.reserve-stock', new ReserveStockPolicy()],
]);

/** The groups that take an order from placed to settled. */
export const GROUPS = [...deciders.keys(), ...policies.keys()];

/** Makes the platform's own deciders and policies into handlers, as its services do. */
export class OrderHandlers {
  /** An event that its policy fails at. */
  fails: (event: Received, group: string) => boolean = () => false;
  private readonly scratch: ScratchContracts;
  private readonly codec: MessageCodec;
  private readonly builder: RecordBuilder;
  private readonly directory: string;

  constructor(scratch: ScratchContracts, codec: MessageCodec, builder: RecordBuilder, directory: string) {
    this.scratch = scratch;
    this.codec = codec;
    this.builder = builder;
    this.directory = directory;
  }

  of(group: string, partition: number): Handler {
    const rules = deciders.get(group);
    return rules ? this.decider(rules, partition) : this.policy(group, partition);
  }

  private decider(own: AnyDecider, partition: number): Handler {
    const rules = this.scratch.decider(own);
    const directory = join(this.directory, `${rules.group}-${partition}`);
    const state = new DeciderState(rules, this.codec, { directory, partition, rememberMs: DAY_MS });
    return new DeciderHandler(rules, this.codec, this.builder, state, {
      ...this.who,
      failpoint: async () => undefined,
    });
  }

  private policy(own: string, partition: number): Handler {
    const spec = this.scratch.group(own);
    const { group } = spec;
    const topic = spec.topics[0] as string;
    return new DivertingHandler(
      new PolicyHandler(group, this.reactions(own), this.codec, this.builder, system.clock),
      {
        ...this.who,
        at: { group, topic, partition },
        plan: pure(group, 'key'),
        lanes: sideLanes(spec, topic),
      },
    );
  }

  private get who() {
    return { ...system, service: 'spec', version: '1', reporter: new FailureReporter(this.builder, reports) };
  }

  /** What the decorators of the policy say. */
  private reactions(group: string): Map<string, Reaction> {
    const policy = policies.get(group) as Record<string, Reaction>;
    const handled = Reflect.getMetadata(HANDLED_TYPES, policy) as HandledTypes;
    const reaction = (method: string) => (event: Received) => {
      const { type, metadata } = event;
      if (this.fails(event, group)) throw new Error(`${type} of ${metadata.subject} cannot be handled`);
      return policy[method]?.(event) ?? [];
    };
    return new Map([...handled].map(([{ type }, method]) => [type as string, reaction(method)]));
  }
}
