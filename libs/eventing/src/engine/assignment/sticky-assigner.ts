import type { Held } from '../ports/membership.ts';

/** What one member of a group reads, and which partitions it would like to keep. */
export interface Candidate extends Held {
  readonly memberId: string;
  readonly topics: readonly string[];
}

export type Assignment = Map<string, { topic: string; partition: number }[]>;

/**
 * Spreads the partitions of each topic evenly, and within that gives a partition to the member that works on it, or
 * else to one that has its state on disk: moving it costs the next owner the restoring of that state. Deterministic
 * for equal input.
 */
export function assignSticky(
  candidates: readonly Candidate[],
  partitions: ReadonlyMap<string, number>,
): Assignment {
  const members = [...candidates].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assignment: Assignment = new Map(members.map(({ memberId }) => [memberId, []]));
  for (const [topic, count] of [...partitions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    new TopicShares(topic, count, members, assignment).assign();
  }
  return assignment;
}

/** One topic's partitions among the members that read it. */
class TopicShares {
  private readonly topic: string;
  private readonly members: readonly Candidate[];
  private readonly assignment: Assignment;
  private readonly given: Map<string, number>;
  private readonly share: number;
  private extras: number;
  private left: number[];

  constructor(topic: string, count: number, members: readonly Candidate[], assignment: Assignment) {
    this.topic = topic;
    this.members = members.filter(({ topics }) => topics.includes(topic));
    this.assignment = assignment;
    this.given = new Map(this.members.map(({ memberId }) => [memberId, 0]));
    this.share = Math.floor(count / (this.members.length || 1));
    this.extras = count % (this.members.length || 1);
    this.left = Array.from({ length: count }, (_, partition) => partition);
  }

  assign(): void {
    if (this.members.length === 0) return;
    this.keep('running');
    this.keep('stored');
    for (const partition of this.left) this.give(this.least(), partition);
  }

  /**
   * Gives partitions to those who have them, up to their shares. What a member got first it keeps first: so who was
   * lent the partitions of another gives back those, and none of its own.
   */
  private keep(how: keyof Held): void {
    for (const member of this.members) {
      for (const key of member[how]) {
        const partition = this.left.find((candidate) => key === `${this.topic}-${candidate}`);
        if (partition === undefined || !this.hasRoom(member)) continue;
        this.give(member, partition);
        this.left = this.left.filter((candidate) => candidate !== partition);
      }
    }
  }

  /** A member may have its share, and one more while there are extras. */
  private hasRoom({ memberId }: Candidate): boolean {
    const given = this.given.get(memberId) ?? 0;
    return given < this.share || (given === this.share && this.extras > 0);
  }

  private give({ memberId }: Candidate, partition: number): void {
    const given = this.given.get(memberId) ?? 0;
    if (given >= this.share) this.extras--;
    this.given.set(memberId, given + 1);
    this.assignment.get(memberId)?.push({ topic: this.topic, partition });
  }

  /** The member with the fewest partitions of this topic, and then of all. */
  private least(): Candidate {
    const load = ({ memberId }: Candidate) =>
      (this.given.get(memberId) ?? 0) * 1_000_000 + (this.assignment.get(memberId)?.length ?? 0);
    return this.members.reduce((best, member) => (load(member) < load(best) ? member : best));
  }
}
