import type { AnyDecider, GroupSpec } from '../domain/index.ts';
import type { RedriveOrders } from '../engine/groups/redrive-handler.ts';
import { handlerIn } from '../nest/handler-discovery.ts';
import type { Delays } from '../serde/record-builder.ts';

/** A group that no class declares: one that gives dead letters back, or one that delays commands. */
export type ClasslessGroup = {
  readonly group: string;
  readonly topics: readonly string[];
} & (
  | { readonly kind: 'redrive'; readonly redrives: RedriveOrders }
  | { readonly kind: 'delay'; readonly delays: Delays }
);

/** A decider, an object of a class that was decorated as a handler, or a group without one. */
export type Declaration = AnyDecider | ClasslessGroup | object;

export const isDecider = (declaration: Declaration): declaration is AnyDecider => 'decide' in declaration;

export const isClassless = (declaration: Declaration): declaration is ClasslessGroup =>
  'redrives' in declaration || 'delays' in declaration;

/** The group as the catalogue would have it. */
export function specOf(declaration: Declaration): GroupSpec {
  if (isClassless(declaration)) {
    const { group, kind, topics } = declaration;
    return { group, kind, topics };
  }
  if (isDecider(declaration))
    return { group: declaration.group, kind: 'decider', topics: [declaration.commands.topic] };
  return specOfClass(declaration);
}

function specOfClass(handler: object): GroupSpec {
  const { facts, types } = handlerIn(handler);
  const topics = [...new Set(types.map(({ topic }) => topic))];
  if (facts.kind === 'projection')
    return {
      ...parking(facts),
      group: `projections.${facts.name}.v${facts.version}`,
      kind: 'projection',
      topics,
    };
  if (facts.kind === 'policy') return { ...parking(facts), group: facts.group, kind: 'policy', topics };
  const { retry, ordering } = 'retry' in facts || 'ordering' in facts ? facts : {};
  const retries = retry?.delays?.length ?? 0;
  return { group: facts.group, kind: 'effect', topics, retries, parks: ordering === 'key' };
}

const parking = ({ ordering = 'key' }: { readonly ordering?: 'key' | 'none' }) => ({
  parks: ordering === 'key',
});
