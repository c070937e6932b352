import type { Metadata } from '../domain/index.ts';
import { type ConsumedRecord, header, type Headers } from '../log/record.ts';
import { isText } from '../log/text.ts';
import { TRACEPARENT, traceparentOf } from './trace-context.ts';
import { Undecodable } from './undecodable.ts';

/** On events: the number of this one in its aggregate's history. Only deciders write it. */
export const AGGREGATE_VERSION = 'aggregateversion';

/**
 * Metadata as CloudEvents 1.0 attributes in record headers (Kafka protocol binding, binary mode), with the
 * extensions `correlationid`, `causationid`, `aggregateversion`, `requesthash` and W3C `traceparent`.
 */
export function toHeaders(type: string, metadata: Metadata): Headers {
  const headers: [string, Buffer][] = [];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) headers.push([name, Buffer.from(String(value))]);
  };
  add('ce_specversion', '1.0');
  add('ce_id', metadata.id);
  add('ce_type', type);
  add('ce_source', metadata.source);
  add('ce_subject', metadata.subject);
  add('ce_time', new Date(metadata.time).toISOString());
  add('content-type', 'application/vnd.apache.avro+binary');
  add('correlationid', metadata.correlationId);
  add('causationid', metadata.causationId);
  add(AGGREGATE_VERSION, metadata.version);
  add('requesthash', metadata.requestHash);
  add(TRACEPARENT, metadata.traceparent);
  return headers;
}

/**
 * Metadata of a record. What a foreign producer left out is filled from the record's own position and time. Throws Undecodable
 * where the key, or an attribute, is not UTF-8; headers that are none of CloudEvents may be anything.
 */
export function toMetadata(record: ConsumedRecord): Metadata {
  const { key, headers } = record;
  if (key && !isText(key)) throw new Undecodable('The key is not valid UTF-8');
  for (const [name, value] of headers) if (name.startsWith('ce_')) checked(name, value);
  const id = attribute(headers, 'ce_id') ?? `${record.topic}/${record.partition}/${record.offset}`;
  const time = Date.parse(attribute(headers, 'ce_time') ?? '');
  const version = attribute(headers, AGGREGATE_VERSION);
  return {
    id,
    time: Number.isNaN(time) ? record.timestamp : time,
    subject: attribute(headers, 'ce_subject') ?? key?.toString() ?? '',
    source: attribute(headers, 'ce_source') ?? '',
    correlationId: attribute(headers, 'correlationid') ?? id,
    ...optional('causationId', attribute(headers, 'causationid')),
    ...optional('version', version === undefined ? undefined : Number(version)),
    ...optional('requestHash', attribute(headers, 'requesthash')),
    ...optional('traceparent', traceparentOf(header(headers, TRACEPARENT))),
  };
}

function attribute(headers: Headers, name: string): string | undefined {
  for (const [candidate, value] of headers) if (candidate === name) return checked(name, value)?.toString();
  return undefined;
}

function checked(name: string, value: Buffer | null): Buffer | null {
  if (value && !isText(value)) throw new Undecodable(`The header ${name} is not valid UTF-8`);
  return value;
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: T });
}
