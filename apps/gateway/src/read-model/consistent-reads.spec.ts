import { describe, expect, it } from '@jest/globals';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { GatewayApi } from '../gateway.api.ts';
import { READS } from './consistent-reads.ts';

/** Reads of something else: of Kafka, of documents, and of all read models together. */
const others = [
  'AsyncApiController.document',
  'AsyncApiController.page',
  'AsyncApiController.part',
  'EventsController.follow',
  'ProjectionsController.get',
  'ProjectionsController.list',
  'RecordsController.list',
  'WelcomeController.welcome',
];

const { controllers = [] } = GatewayApi.reading('', { token: undefined, open: true }, { mailboxUrl: '' });

const reads = (controllers as Type[]).flatMap(({ name, prototype }) =>
  Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const handler = (prototype as Record<string, object>)[method] as object;
    const isGet = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
    return isGet
      ? [{ route: `${name}.${method}`, reads: Reflect.getMetadata(READS, handler) as unknown }]
      : [];
  }),
);

describe('every route that is read', () => {
  it('says which read model it answers from, or answers from none', () => {
    const silent = reads.filter((each) => each.reads === undefined).map(({ route }) => route);
    expect(silent.toSorted()).toEqual(others);
  });
});
