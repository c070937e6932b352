import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as domain from './domain/index.ts';
import * as engine from './engine/index.ts';
import * as failures from './failures/index.ts';
import { BrokenBatch } from './kafka/wire/broken-batch.ts';
import * as kafka from './kafka/index.ts';
import * as log from './log/index.ts';
import * as nest from './nest/index.ts';
import * as postgres from './postgres/index.ts';
import { MalformedAvro } from './serde/avro-bytes.ts';
import * as serde from './serde/index.ts';
import { DirectoryLocked } from './state/exclusive-directory.ts';
import { TooManyFiles } from './state/environment.ts';
import { StateConflict, StateDamaged } from './state/state-store.ts';

const cause = new Error('why');
const at = { schema: 'eventing', projection: 'projections.p.v1', topic: 't', partition: 1 };
const batch = { baseOffset: 1n, lastOffset: 2n, count: 2, codec: 'none' } as never;

/** One of each class, with what `fields` has of it, and whether it tells what caused it. */
const samples: readonly (readonly [error: domain.EventingError, fields: object, caused?: true])[] = [
  [
    new domain.ConfigurationError('GROUP_UNKNOWN', 'm', { fields: { group: 'g' }, cause }),
    { group: 'g' },
    true,
  ],
  [new domain.RuleMissing('g', 'T', 'm'), { group: 'g', type: 'T' }],
  [
    new domain.UpcastFailed({ from: { type: 'T' }, where: 'w' } as never, 'm', cause),
    { type: 'T', where: 'w' },
    true,
  ],
  [new log.LogError('NOT_STABLE', 'm', { retryable: true, cause }), {}, true],
  [new log.ProducerFenced('id', cause), { transactionalId: 'id' }, true],
  [new log.CommitUnknown('id', cause), { transactionalId: 'id' }, true],
  [new log.PartitionLost('t', 1, cause), { topic: 't', partition: 1 }, true],
  [new log.PositionError('m', { topic: 't' }), { topic: 't' }],
  [new log.HaltError('m', cause), {}, true],
  [new log.RecordTooLarge('t', cause), { topic: 't' }, true],
  [new kafka.KafkaError('TIMEOUT', 'm', { retryable: true, cause }), {}, true],
  [new BrokenBatch(batch, cause), { baseOffset: 1n, lastOffset: 2n, codec: 'none' }, true],
  [new serde.Undecodable('m', { cause }), {}, true],
  [new serde.UnwritableText('T', 'name'), { type: 'T', field: 'name' }],
  [new serde.RegistryUnavailable('m', { fields: { url: 'u' }, cause }), { url: 'u' }, true],
  [new serde.SchemaUnknown('m', { path: 'p' }), { path: 'p' }],
  [new serde.RegistrationFailed('m', { status: 409 }), { status: 409 }],
  [new serde.MessageTooLarge('m', { topic: 't' }), { topic: 't' }],
  [new serde.DelayTooLong('T', 't', 2, 1), { type: 'T', topic: 't', delayMs: 2, longestMs: 1 }],
  [
    new serde.WaitsForRelease({ topic: 't', partition: 1, offset: 2n } as never, cause as never),
    { topic: 't', partition: 1, offset: 2n, unknown: '' },
    true,
  ],
  [new MalformedAvro('m', 3), { byte: 3 }],
  [new StateConflict('m'), {}],
  [new StateDamaged('m', { cause }), {}, true],
  [new TooManyFiles(cause), {}, true],
  [
    new DirectoryLocked('DIRECTORY_IN_USE', 'm', { fields: { directory: 'd' }, cause }),
    { directory: 'd' },
    true,
  ],
  [new engine.HandlerStuck('w', 5), { where: 'w', ms: 5 }],
  [new engine.RecordsLost('w', 1n, 3n, cause), { where: 'w', from: 1n, to: 3n }, true],
  [new engine.WrongPartition('T', 'k', 1), { type: 'T', key: 'k', partition: 1 }],
  [new engine.WrongAggregate('T', 'k'), { type: 'T', key: 'k' }],
  [new engine.SeveralCommands(['T']), { types: ['T'] }],
  [new failures.TooManyParked('g', 5), { group: 'g', limit: 5 }],
  [new failures.DeclaredOutage(cause), {}, true],
  [new postgres.PositionMoved('m', at), { projection: 'projections.p.v1', topic: 't', partition: 1 }],
  [new postgres.PositionHeld(at), { projection: 'projections.p.v1', topic: 't', partition: 1 }],
  [new postgres.TablesMissing('s', cause), { schema: 's' }, true],
  [new postgres.MigrationFailed('s', cause), { schema: 's' }, true],
  [new postgres.TablesDiffer('s', ['d']), { schema: 's', differences: ['d'] }],
  [new postgres.TablesElsewhere(['s']), { schemas: ['s'] }],
  [new postgres.PostgresAway(cause), {}, true],
  [new nest.PublishError('m', 'unknown', { retryable: true, cause }), { outcome: 'unknown' }, true],
  [new nest.TopicsDiffer([{ kind: 'wrong', topic: 't', text: 'd' }]), { differences: ['d'] }],
  [
    new nest.UndecidedRecord({ topic: 't', partition: 1, offset: 2n }, cause),
    { topic: 't', partition: 1, offset: 2n },
    true,
  ],
];

describe('errors of the library', () => {
  it.each(
    samples.map(
      ([error, fields, caused = false]) => [error.constructor.name, error, fields, caused] as const,
    ),
  )('%s has a code, whether it is retryable, its fields and its cause', (name, error, fields, caused) => {
    expect(error).toBeInstanceOf(domain.EventingError);
    expect(error.name).toBe(name);
    expect(error.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(error.retryable).toEqual(expect.any(Boolean));
    expect(error.message).not.toBe('');
    expect(error.fields).toEqual(fields);
    expect(error.cause).toBe(caused ? cause : undefined);
  });

  it('are all of these', () => {
    const faces = [domain, engine, failures, kafka, log, nest, postgres, serde];
    const exported = faces.flatMap((face) => Object.values<unknown>(face));
    const errors = exported.filter((one) => typeof one === 'function' && one.prototype instanceof Error);
    const shown = new Set<unknown>([domain.EventingError, ...samples.map(([error]) => error.constructor)]);
    expect(errors.filter((type) => !shown.has(type))).toEqual([]);
  });

  it('are none of any other class, wherever they are declared', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const source = files.filter((name) => /(?<!\.spec)\.ts$/.test(name) && !/testing|hazards/.test(name));
    const others = source.filter((name) =>
      /class \w+ extends (Range|Type)?Error\b/.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
    );
    expect(others).toEqual([join('domain', 'errors.ts')]);
  });
});
