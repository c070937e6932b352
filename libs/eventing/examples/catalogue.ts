import { type TopicSpec, withSideTopics } from '@atelier/eventing/domain';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const topic = (name: string, writer: string, retentionMs = WEEK_MS): TopicSpec => ({
  name,
  partitions: 6,
  retentionMs,
  maxMessageBytes: 1_048_588,
  writers: [writer],
});

/** Every topic and every group. Retry, redrive and dead-letter topics follow from the groups. */
export const catalogue = withSideTopics(
  [
    topic('bikes.commands', 'bikes'),
    topic('bikes.events', 'bikes.decider', -1),
    topic('workshop.commands', 'bikes.inspect'),
  ],
  [
    { group: 'bikes.decider', kind: 'decider', topics: ['bikes.commands'] },
    { group: 'bikes.inspect', kind: 'policy', topics: ['bikes.events'] },
    { group: 'bikes.receipt', kind: 'effect', topics: ['bikes.events'], retries: 2 },
    { group: 'projections.bikes.v1', kind: 'projection', topics: ['bikes.events'], service: 'bikes' },
  ],
);
