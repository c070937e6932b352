import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { as, OperatorsDesk } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('a dead letter that is given up', () => {
  it('is discarded, and restored to what it was', async () => {
    const id = await desk.report();
    const discarded = await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    expect(discarded).toMatchObject({ status: 202, body: { deadLetterId: id, status: 'discarded' } });
    await desk.platform.idle();
    expect(await desk.statusOf(id)).toBe('discarded');
    expect((await desk.redrive(id)).body).toMatchObject({ status: 409, refusal: 'discarded' });
    const restored = await desk.post(`/v1/dead-letters/${id}/restore`, { reason: 'it was not' }, as('José'));
    expect(restored).toMatchObject({ status: 202, body: { status: 'restored' } });
    await desk.platform.idle();
    expect(await desk.statusOf(id)).toBe('open');
    const again = await desk.post(`/v1/dead-letters/${id}/restore`, { reason: 'again' });
    expect(again.body).toMatchObject({ status: 409, refusal: 'not-discarded' });
  });
});
