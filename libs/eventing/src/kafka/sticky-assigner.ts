/** What one member of a group reads, and which partitions it would like to keep. */
export interface Candidate {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** `topic-partition` keys that this member works on, or holds state of. */
  readonly held: readonly string[];
}

export type Assignment = Map<string, { topic: string; partition: number }[]>;

/**
 * Spreads the partitions evenly, topic by topic, and gives a partition to a member that holds it already where
 * evenness allows: moving one costs the next owner the restoring of its state. Deterministic for equal input.
 */
export function assignSticky(
  candidates: readonly Candidate[],
  partitions: ReadonlyMap<string, number>,
): Assignment {
  const assignment: Assignment = new Map(candidates.map(({ memberId }) => [memberId, []]));
  for (const [topic, count] of [...partitions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    assignTopic(
      topic,
      count,
      candidates.filter(({ topics }) => topics.includes(topic)),
      assignment,
    );
  }
  return assignment;
}

function assignTopic(
  topic: string,
  count: number,
  candidates: readonly Candidate[],
  assignment: Assignment,
): void {
  if (candidates.length === 0) return;
  const members = [...candidates].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const share = Math.ceil(count / members.length);
  const given = new Map(members.map(({ memberId }) => [memberId, 0]));
  const give = (memberId: string, partition: number) => {
    assignment.get(memberId)?.push({ topic, partition });
    given.set(memberId, (given.get(memberId) ?? 0) + 1);
  };
  const total = (memberId: string) => assignment.get(memberId)?.length ?? 0;
  const left: number[] = [];
  for (let partition = 0; partition < count; partition++) {
    const holder = members.find(
      ({ memberId, held }) => held.includes(`${topic}-${partition}`) && (given.get(memberId) ?? 0) < share,
    );
    if (holder) give(holder.memberId, partition);
    else left.push(partition);
  }
  for (const partition of left) {
    const [least] = [...members].sort(
      (a, b) =>
        (given.get(a.memberId) ?? 0) - (given.get(b.memberId) ?? 0) || total(a.memberId) - total(b.memberId),
    );
    if (least) give(least.memberId, partition);
  }
}
