import { join } from 'node:path';
import { type AnyDecider, topicOf } from '../../domain/index.ts';
import { DeciderHandler } from '../../engine/groups/decider-handler.ts';
import { partitionKey } from '../../log/partitions.ts';
import { DeciderState } from '../../state/decider-state.ts';
import { refuseUnkept } from '../../state/kept-state.ts';
import { refuseOtherWriters } from '../boot-checks.ts';
import { asInCatalogue } from '../group-spec.ts';
import type { Plan } from '../plan.ts';
import type { PlanContext } from './plan-context.ts';

export function deciderPlan(context: PlanContext, rules: AnyDecider): Plan {
  const { catalogue } = context.options;
  const { codec } = context.parts;
  const { group, commands, events } = rules;
  const { topic } = commands;
  const stored = context.stateDir(group);
  refuseOtherWriters(catalogue, group, events.topic);
  refuseUnkept(group, 'an aggregate without events', rules.initial);
  const rememberMs = topicOf(catalogue, topic).retentionMs;
  return {
    ...asInCatalogue(catalogue, group, 'decider', [topic]),
    handles: Object.keys(commands.types),
    guarantee: 'exactly-once',
    onFailure: 'dead letter',
    stored,
    processor: context.processing('exactly-once', group, ({ partition }) => {
      const { ignored, ...shared } = context.shared;
      const directory = join(stored, partitionKey(topic, partition));
      const state = new DeciderState(rules, codec, { directory, partition, rememberMs, ignored });
      const { failpoint } = context;
      return new DeciderHandler(rules, codec, context.builder, state, { ...shared, failpoint });
    }),
  };
}
