import { catalogue } from '@atelier/contracts';
import type { LogPosition } from '@atelier/eventing';
import { topicOf } from '@atelier/eventing/domain';
import { z } from 'zod';
import { malformed } from '../problem/problem.ts';
import { flows } from './flows.ts';

/** A place in the log: `offset` is the next one, and everything before it is meant. */
export type Place = LogPosition;

/** As it stands in a `Consistency-Token` and in `Read-Positions`; opaque to clients. */
export const placeText = ({ topic, partition, offset }: Place) => `${topic}~${partition}~${offset}`;

export const placesText = (places: readonly Place[]) => places.map(placeText).join(', ');

/** The place behind a record: who has come to it has seen the record. */
export const tokenOf = ({ topic, partition, offset }: LogPosition) =>
  placeText({ topic, partition, offset: offset + 1n });

/** More than any read has positions, and than a client that keeps a token of each partition sends. */
const most = 32;

const literal = (text: string) => text.replaceAll('.', String.raw`\.`);
const partitionsOf = (topic: string) => [...Array(topicOf(catalogue, topic).partitions).keys()].join('|');
const anyPlace = Object.values(flows)
  .flatMap(({ commands, events }) => [commands, events])
  .map((topic) => `${literal(topic)}~(${partitionsOf(topic)})`)
  .join('|');
const place = `(${anyPlace})~(0|[1-9][0-9]{0,18})`;

/** How the header is spelled: one place, or several with commas between them. */
const token = new RegExp(`^${place}( ?, ?${place}){0,${most - 1}}$`);

export const tokenSchema = z.string().regex(token).meta({ id: 'ConsistencyToken' });

/** Longer than any that is meant: a request may have more of it than this takes to read. */
const longest = 2_000;

/** Reads what a client sends. Throws 400 for what no write has given. */
export function parseToken(header: string): readonly Place[] {
  if (header.length > longest || !token.test(header)) {
    throw malformed(
      `Consistency-Token: send what a write answered in this header, or what a read did in Read-Positions; several, ${most} at most, with commas`,
      { header: 'Consistency-Token' },
    );
  }
  return header.split(',').map((text) => {
    const [topic = '', partition, offset = ''] = text.trim().split('~');
    return { topic, partition: Number(partition), offset: BigInt(offset) };
  });
}
