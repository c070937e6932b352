import type { CausationNode } from './causation.schema.ts';
import { commandsAbout } from './sent-commands.ts';
import { inOrder, serviceOfGroup, type Trace } from './trace.ts';

/** What an operator has decided about a dead letter. */
export interface Decision {
  readonly id: string;
  readonly type: string;
  readonly deadLetterId: string;
  readonly time: number;
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** What a group does outside of Kafka about an event, unless it has given up: with what it stands at, the event or a copy. */
export interface Performance {
  readonly group: string;
  readonly at: Trace;
  readonly performed: boolean;
}

/** All that is known. */
export interface Flow {
  readonly traces: readonly Trace[];
  readonly decisions: readonly Decision[];
  readonly performances: readonly Performance[];
  /** Of the order: a policy sends no more commands about one event. */
  readonly lines: number;
}

type Facts = Omit<CausationNode, 'depth' | 'parent'>;

interface Branch {
  readonly facts: Facts;
  readonly children: Branch[];
}

/** The tree of what has led to what, as a list: each node after the one that it follows from. */
export class CausationTree {
  private readonly roots: Branch[] = [];
  private readonly branches = new Map<Trace | Decision, Branch>();
  private readonly unknown = new Map<string, Branch>();
  /** What policies may have sent, by its id. */
  private readonly sent: ReadonlyMap<string, { readonly group: string; readonly about: Trace }>;
  private readonly traces: readonly Trace[];
  private readonly byId: ReadonlyMap<string, readonly Trace[]>;
  private readonly decisions: readonly Decision[];

  constructor({ traces, decisions, performances, lines }: Flow) {
    this.traces = [...traces].sort(inOrder);
    this.decisions = [...decisions].sort((a, b) => a.time - b.time);
    this.byId = Map.groupBy(this.traces, ({ id }) => id);
    const events = this.traces.filter(({ kind }) => kind === 'event');
    this.sent = new Map(
      events.flatMap((about) =>
        commandsAbout(about, Math.max(1, lines)).map(({ id, group }) => [id, { group, about }] as const),
      ),
    );
    for (const trace of this.traces)
      this.branches.set(trace, { facts: factsOf(trace, this.sent.get(trace.id)?.group), children: [] });
    for (const decision of this.decisions)
      this.branches.set(decision, { facts: decisionFacts(decision), children: [] });
    for (const trace of this.traces) this.grow(this.parentOf(trace), this.branches.get(trace) as Branch);
    for (const decision of this.decisions)
      this.grow(this.letterOf(decision), this.branches.get(decision) as Branch);
    for (const performance of performances)
      this.grow(this.branches.get(performance.at), { facts: effectFacts(performance), children: [] });
  }

  /** At most so many nodes. */
  nodes(most: number): CausationNode[] {
    const nodes: CausationNode[] = [];
    const seen = new Set<Branch>();
    const walk = (branch: Branch, parent: number | null, depth: number) => {
      if (seen.has(branch) || nodes.length >= most) return;
      seen.add(branch);
      const number = nodes.push({ depth, parent, ...branch.facts }) - 1;
      for (const child of branch.children) walk(child, number, depth + 1);
    };
    for (const root of this.roots) walk(root, null, 0);
    // Headers can be made up: what has led to itself is nobody's child.
    for (const branch of this.branches.values()) walk(branch, null, 0);
    return nodes;
  }

  private grow(parent: Branch | undefined, branch: Branch): void {
    (parent?.children ?? this.roots).push(branch);
  }

  private parentOf(trace: Trace): Branch | undefined {
    const before = this.copiedFrom(trace);
    if (before) return this.branches.get(before);
    if (trace.causationId === undefined) return this.requestOf(trace);
    const cause = this.causeOf(trace, trace.causationId);
    return cause ? this.branches.get(cause) : this.unknownOf(trace.causationId);
  }

  /** Of a copy what it was made of, of a command that has waited the one that waited. */
  private copiedFrom(trace: Trace): Trace | Decision | undefined {
    const earlier = this.earlierOf(trace);
    const { failure } = trace;
    if (!failure) return earlier.findLast(({ kind }) => kind === 'delayed');
    const own = earlier.filter((other) => other.failure?.deadLetterId === failure.deadLetterId);
    if (trace.kind === 'redrive') {
      const decided = this.decisions.findLast(
        ({ deadLetterId, type, time }) =>
          deadLetterId === failure.deadLetterId && type === 'RedriveRequested' && time <= trace.time,
      );
      if (decided) return decided;
    }
    return own.at(-1) ?? earlier.find((other) => standsAt(other, failure.origin)) ?? earlier[0];
  }

  private earlierOf(trace: Trace): readonly Trace[] {
    const same = this.byId.get(trace.id) ?? [];
    return same.slice(0, same.indexOf(trace));
  }

  /** The last record of the message that was there by then, given to those who would react as this one's writer did. */
  private causeOf({ service, time }: Trace, id: string): Trace | undefined {
    const given = (this.byId.get(id) ?? []).filter(
      ({ kind, failure }) =>
        kind !== 'dead-letter' && (!failure || serviceOfGroup(failure.group) === service),
    );
    return given.findLast((cause) => cause.time <= time) ?? given[0];
  }

  private requestOf(trace: Trace): Branch | undefined {
    if (trace.kind !== 'command' || trace.service !== 'gateway') return undefined;
    const request: Branch = { facts: requestFacts(trace), children: [] };
    this.roots.push(request);
    return request;
  }

  /** A message that is not there, where it would be if it can be told. */
  private unknownOf(id: string): Branch {
    const known = this.unknown.get(id);
    if (known) return known;
    const sent = this.sent.get(id);
    const sender = sent && { service: serviceOfGroup(sent.group), group: sent.group };
    const branch: Branch = { facts: { kind: 'unknown', id, type: '', ...sender }, children: [] };
    this.unknown.set(id, branch);
    this.grow(sent && this.branches.get(sent.about), branch);
    return branch;
  }

  private letterOf({ deadLetterId, time }: Decision): Branch | undefined {
    const letters = this.traces.filter(
      ({ kind, failure }) => kind === 'dead-letter' && failure?.deadLetterId === deadLetterId,
    );
    const letter = letters.findLast((letter) => letter.time <= time) ?? letters[0];
    return letter && this.branches.get(letter);
  }
}

const standsAt = (trace: Trace, { topic, partition, offset }: NonNullable<Trace['failure']>['origin']) =>
  trace.topic === topic && trace.partition === partition && trace.offset === offset;

const timeText = (time: number) => new Date(time).toISOString();

function factsOf(trace: Trace, policy: string | undefined): Facts {
  const { kind, id, type, subject, time, service, topic, partition, offset, failure } = trace;
  const group = failure?.group ?? policy;
  return {
    ...{ kind, id, type, subject, time: timeText(time), service },
    ...(group !== undefined && { group }),
    ...(failure && { deadLetterId: failure.deadLetterId, attempts: failure.attempts, error: failure.error }),
    ...{ topic, partition, offset },
  };
}

const requests: Readonly<Partial<Record<string, string>>> = {
  PlaceOrder: 'POST /v1/orders',
  CancelOrder: 'POST /v1/orders/{orderId}/cancel',
};

const requestFacts = ({ id, type, subject, time, service, traceparent }: Trace): Facts => ({
  ...{ kind: 'request', id, type: requests[type] ?? type, subject, time: timeText(time), service },
  ...(traceparent !== undefined && { traceparent }),
});

const decisionFacts = ({ id, type, deadLetterId, time, by, reason, ...place }: Decision): Facts => ({
  ...{ kind: 'decision', id, type, deadLetterId, time: timeText(time), service: 'dead-letters' },
  ...(by !== undefined && { by }),
  ...(reason !== undefined && { reason }),
  ...place,
});

const effectFacts = ({ group, at, performed }: Performance): Facts => ({
  ...{ kind: 'effect', id: at.id, type: at.type, subject: at.subject },
  ...{ service: serviceOfGroup(group), group, status: performed ? 'performed' : 'pending' },
});
