import { deadLetterTopic, retryTopic } from '@atelier/eventing/domain';
import { FAILURE } from '@atelier/eventing/failures';
import type { KafkaClient } from '@atelier/eventing/kafka';
import { type ConsumedRecord, header } from '@atelier/eventing/log';
import { readAll } from '../../harness/read-all.ts';
import type { Attempt } from '../load/courier.ts';
import type { Sent } from '../load/producing.ts';

/** A copy on a retry topic; `due` in milliseconds since 1970-01-01 UTC. */
export interface Copy {
  readonly id: string;
  /** Which retry it stands for, from 1. */
  readonly n: number;
  readonly due: number;
}

/** All that a run has left behind. */
export interface Evidence {
  readonly sent: readonly Sent[];
  readonly attempts: readonly Attempt[];
  /** The ids of the dead letters, as often as they are there. */
  readonly letters: readonly string[];
  readonly copies: readonly Copy[];
  /** Records that the group has not handled, in all topics that it reads. */
  readonly lag: bigint;
}

/** What is in the topics of the group. */
export async function inTopics(
  client: KafkaClient,
  { group, topic }: { readonly group: string; readonly topic: string },
  retries: number,
): Promise<Pick<Evidence, 'letters' | 'copies'>> {
  const letters = await readAll(client, deadLetterTopic(group, topic));
  const copies: Copy[] = [];
  for (let n = 1; n <= retries; n++)
    for (const record of await readAll(client, retryTopic(group, topic, n)))
      copies.push({ id: idOf(record), n, due: Number(header(record.headers, FAILURE.due)) });
  return { letters: letters.map(idOf), copies };
}

const idOf = ({ headers }: ConsumedRecord) => header(headers, 'ce_id') ?? '';
