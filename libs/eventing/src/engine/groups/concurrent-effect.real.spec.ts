import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { onKafka } from '../../../fixtures/kafka-host.ts';
import { PostOffice } from '../../../fixtures/post-office.ts';
import { type Ringing, ringing } from '../../../fixtures/ringing.ts';
import { scratchClient } from '../../../fixtures/scratch-broker.ts';
import { until } from '../../../fixtures/until.ts';
import { isDone } from '../../log/done-ranges.ts';
import type { KafkaClient } from '../../kafka/client/client.ts';
import { doneIn } from '../commits/done-text.ts';

const EVENTS = 60;

let client: KafkaClient;
let group: Ringing;
const post = new PostOffice();
const elsewhere = mkdtempSync(join(tmpdir(), 'atelier-elsewhere-'));
beforeAll(async () => {
  client = scratchClient();
  const spec = { kind: 'effect', concurrency: 4, timeoutMs: 300_000 } as const;
  group = await ringing(onKafka(client), spec, post.performs);
});
afterAll(async () => {
  post.letAllGo();
  await group.stop();
  await client.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

it('what is done beyond a slow event survives a takeover by a process without the marks', async () => {
  const position = () => group.host.cluster.log.position(group.group, group.events, 0);
  const offsets: bigint[] = [];
  post.keep('slow', 'slow too');
  for (let n = 0; n < EVENTS; n++) {
    const id = n === 0 ? 'slow' : n === 20 ? 'slow too' : String(n);
    offsets.push(await group.ring(id, 1, id));
  }
  const life = await group.start();
  await until(async () => {
    const { offset, metadata } = await position();
    const done = doneIn(metadata, offset);
    return offsets.every((each, n) => isDone(done, each) === (n !== 0 && n !== 20));
  });
  expect((await position()).offset).toBe(offsets[0]);
  // It gives up what does not end.
  await life.stop();
  const kept = post.forget();
  await group.start({ stateDir: elsewhere });
  await until(async () => (await position()).offset > (offsets.at(-1) as bigint));
  expect(post.begunIn(2).toSorted()).toEqual(['slow', 'slow too']);
  expect((await position()).metadata).not.toContain('.done');
  for (const { resolve } of kept) resolve(undefined);
});
