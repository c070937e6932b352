import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as http from '../../harness/http.ts';
import { startGateway } from '../gateway.ts';
import { OperatorsDesk, unknownId } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe("operators' routes", () => {
  it('ask who decides, and why', async () => {
    const id = await desk.report();
    const nobody = await desk.redrive(id, {}, {});
    expect(nobody).toMatchObject({ status: 400, body: { detail: expect.stringContaining('X-Operator') } });
    const silent = await desk.redrive(id, { reason: undefined });
    expect(silent).toMatchObject({ status: 400, body: { detail: 'reason: Required' } });
    expect((await desk.redrive(id, { reason: '' })).status).toBe(400);
    expect(await desk.statusOf(id)).toBe('open');
  });

  it('need the token where there is one', async () => {
    const locked = await startGateway(desk.platform, desk.database.url, { token: 'secret', open: true });
    const url = `${locked.url}/v1/dead-letters`;
    const answers = await Promise.all([
      http.get(url),
      http.get(url, { Authorization: 'Bearer wrong' }),
      http.post(`${url}/${unknownId}/redrive`, {}),
      http.get(`${locked.url}/v1/redrive-jobs/${unknownId}`),
      http.get(url, { Authorization: 'Bearer secret' }),
      http.get(`${locked.url}/v1/orders`),
    ]);
    await locked.app.close();
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200, 200]);
    expect(answers[0].headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('are closed where there is none, unless they are opened', async () => {
    const closed = await startGateway(desk.platform, desk.database.url, { token: undefined, open: false });
    const answer = await http.get(`${closed.url}/v1/dead-letters`);
    await closed.app.close();
    expect(answer).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('OPERATOR_TOKEN') },
    });
  });

  it('are described under a tag of their own', async () => {
    const { paths, components } = (await desk.get('/openapi.json')).body;
    expect(paths['/v1/dead-letters/{deadLetterId}/redrive'].post).toMatchObject({
      tags: ['operators'],
      security: [{ bearer: [] }],
    });
    expect(paths['/v1/orders'].post.tags ?? []).not.toContain('operators');
    expect(components.schemas).toHaveProperty('DeadLetterDetails');
  });
});
