import { describe, expect, it } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { refuseOtherThanJson } from './media-type.ts';

const body = { 'content-length': '2' };
const json = { ...body, 'content-type': 'application/json' };

describe('a body', () => {
  it.each<IncomingHttpHeaders>([
    {},
    { 'content-length': '0', 'content-type': 'text/plain' },
    json,
    { 'transfer-encoding': 'chunked', 'content-type': 'application/json' },
    { ...body, 'content-type': 'Application/JSON ;Charset="utf\\-8"; a=b;' },
    { ...body, 'content-type': 'application/json; a="; charset=utf-16"' },
    { ...json, 'content-encoding': 'identity, Identity' },
  ])('is read with %j', (headers) => {
    expect(() => refuseOtherThanJson(headers)).not.toThrow();
  });

  it.each<IncomingHttpHeaders>([
    body,
    { ...body, 'content-type': '' },
    { ...body, 'content-type': 'application/json+x' },
    { ...body, 'content-type': 'application/json charset=utf-8' },
    { ...body, 'content-type': 'application/json; charset' },
    { ...body, 'content-type': 'application/json; charset=utf-8 x' },
    { ...body, 'content-type': 'application/json, application/json' },
    { ...body, 'content-type': 'application/json; charset=utf-16' },
    { ...json, 'content-encoding': 'gzip' },
    { ...json, 'content-encoding': 'identity, gzip' },
    { ...json, 'content-encoding': 'identity;q=1' },
  ])('is refused with %j', (headers) => {
    expect(() => refuseOtherThanJson(headers)).toThrow(expect.objectContaining({ status: 415 }));
  });
});
