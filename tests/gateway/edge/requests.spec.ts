import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Edge } from './edge.ts';

let edge: Edge;
beforeAll(async () => void (edge = await Edge.open()));
afterAll(() => edge?.close());

describe('a method that a path has not', () => {
  it.each(['QUERY', 'PROPFIND', 'FOO', 'get', 'CONNECT'])(
    '%s is answered with those that it has',
    async (method) => {
      const answer = await edge.answerTo(
        `${method} /v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toMatch(/^allow: GET, HEAD, POST\r$/im);
      expect(answer).toContain(`/v1/orders has no ${method}`);
    },
  );

  it.each(['QUERY', 'FOO'])('%s is 404 where there is no path', async (method) => {
    const answer = await edge.answerTo(`${method} /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('is not that of a neighbour whose parameter the path might be', async () => {
    for (const method of ['PUT', 'GET']) {
      const { status, headers } = await edge.call(method, '/v1/dead-letters/redrive');
      expect([status, headers.get('Allow')]).toEqual([405, 'POST']);
    }
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['headers that are too long', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n', 400],
  ])('%s are a problem all the same', async (_, bytes, status) => {
    const answer = await edge.answerTo(bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    const body = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as unknown;
    expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });
});

describe('what Node would refuse without a body', () => {
  it.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'The request has no Host'],
    ['an unknown Expect', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n', 417, 'Of Expect only'],
  ])('%s is a problem', async (_, request, status, detail) => {
    const answer = await edge.answerTo(request);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(answer).toContain(`"detail":"${detail}`);
  });
});
