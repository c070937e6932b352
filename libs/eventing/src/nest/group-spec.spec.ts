import { describe, expect, it } from '@jest/globals';
import { MAX_BATCH_BYTES, withSideTopics } from '../domain/index.ts';
import { redriveTargets } from './group-spec.ts';

const topic = { partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] };
const catalogue = withSideTopics(
  [
    { ...topic, name: 'doors.commands' },
    { ...topic, name: 'doors.events' },
  ],
  [
    { group: 'doors.decider', kind: 'decider', topics: ['doors.commands'] },
    { group: 'bells.ring', kind: 'policy', topics: ['doors.events'] },
  ],
);
const targetOf = redriveTargets(catalogue);

describe('the topic on which a dead letter is given back', () => {
  it("is the group's own, with room for headers", () => {
    expect(targetOf('bells.ring', 'doors.events')).toEqual({
      topic: 'bells.ring.doors.events.redrive',
      maxBytes: MAX_BATCH_BYTES + 64 * 1024,
    });
  });

  it('is the commands topic for a decider, which is the only writer of its events', () => {
    expect(targetOf('doors.decider', 'doors.commands')).toEqual({ topic: 'doors.commands', maxBytes: 1_000 });
  });

  it('is none for a group, or a source of it, that is not in the catalogue', () => {
    expect(targetOf('bells.repair', 'doors.events')).toBeUndefined();
    expect(targetOf('bells.ring', 'windows.events')).toBeUndefined();
  });
});
