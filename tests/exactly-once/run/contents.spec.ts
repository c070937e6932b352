import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../../harness/log/fake-cluster.ts';
import { handMade } from '../../harness/log/hand-made-batch.ts';
import { readAgain } from './contents.ts';

const written = (base: bigint) =>
  handMade({ base, producerId: 1n, records: [{ value: Buffer.from('value') }] });
const marker = (base: bigint, control: number) => handMade({ base, producerId: 1n, control });

describe('what a log holds when it is read again', () => {
  let cluster: FakeCluster;
  afterEach(() => cluster.stop());

  it('is told for each partition, committed and aborted apart', async () => {
    cluster = new FakeCluster([
      [written(0n), marker(1n, 1), written(2n), marker(3n, 0)],
      [written(0n), written(1n), marker(2n, 1)],
      [],
    ]);
    const bootstrap = await cluster.start(1);
    expect(await readAgain(bootstrap, [cluster.topic])).toEqual([
      { topic: 'fake', partition: 0, committed: [0n], aborted: [2n], stable: 4n, end: 4n },
      { topic: 'fake', partition: 1, committed: [0n, 1n], aborted: [], stable: 3n, end: 3n },
      { topic: 'fake', partition: 2, committed: [], aborted: [], stable: 0n, end: 0n },
    ]);
  });
});
