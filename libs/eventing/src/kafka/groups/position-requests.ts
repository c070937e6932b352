import type { GroupPosition } from '../../engine/ports/transactions.ts';

/** Positions of one group, under one membership, that go in one request. */
export type PositionRequest = readonly [GroupPosition, ...GroupPosition[]];

/** Bytes of a request: brokers write it as one batch, of which they take 1 MiB. */
const MOST_BYTES = 512 * 1024;
/** Bytes of a position in the broker's log, beside its texts. */
const FIXED_BYTES = 64;

/** The requests that commit these positions of one group. */
export function positionRequests(positions: readonly GroupPosition[]): PositionRequest[] {
  const requests: { list: [GroupPosition, ...GroupPosition[]]; bytes: number }[] = [];
  for (const position of positions) {
    const bytes = bytesOf(position);
    const fitting = requests.find(
      (request) => isSameMember(request.list[0], position) && request.bytes + bytes <= MOST_BYTES,
    );
    if (fitting) {
      fitting.list.push(position);
      fitting.bytes += bytes;
    } else requests.push({ list: [position], bytes });
  }
  return requests.map(({ list }) => list);
}

const isSameMember = (one: GroupPosition, other: GroupPosition) =>
  one.memberId === other.memberId && one.generation === other.generation;

const bytesOf = ({ group, topic, metadata = '' }: GroupPosition) =>
  FIXED_BYTES + group.length + topic.length + Buffer.byteLength(metadata);

/** As requests have them. */
export function byTopic(positions: readonly GroupPosition[]): Map<string, GroupPosition[]> {
  const topics = new Map<string, GroupPosition[]>();
  for (const position of positions) {
    const own = topics.get(position.topic);
    if (own) own.push(position);
    else topics.set(position.topic, [position]);
  }
  return topics;
}
