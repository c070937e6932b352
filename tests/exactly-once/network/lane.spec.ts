import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../libs/eventing/fixtures/scratch-broker.ts';
import { Lane, PASS, STALL } from './lane.ts';

const stream = () => new PassThrough({ highWaterMark: 1 }) as unknown as Socket;

describe('a lane', () => {
  it('keeps the order of bytes that come while others still wait for a full receiver', async () => {
    const sink = stream();
    const lane = new Lane(stream(), sink, STALL);
    lane.take(Buffer.from('a'));
    lane.take(Buffer.from('b'));
    lane.change(PASS);
    lane.take(Buffer.from('c'));
    lane.end();
    let received = '';
    sink.on('data', (bytes: Buffer) => (received += String(bytes)));
    await until(() => sink.readableEnded);
    expect(received).toBe('abc');
  });
});
