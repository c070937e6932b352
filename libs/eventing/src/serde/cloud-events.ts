import type { Metadata } from '../domain/index.ts';
import { type ConsumedRecord, header, type Headers } from '../kafka/record.ts';
import { TRACEPARENT, traceparentOf } from './trace-context.ts';

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
  add('aggregateversion', metadata.version);
  add('requesthash', metadata.requestHash);
  add(TRACEPARENT, metadata.traceparent);
  return headers;
}

/** Metadata of a record. What a foreign producer left out is filled from the record's own position and time. */
export function toMetadata(record: ConsumedRecord): Metadata {
  const { headers } = record;
  const id = header(headers, 'ce_id') ?? `${record.topic}/${record.partition}/${record.offset}`;
  const time = Date.parse(header(headers, 'ce_time') ?? '');
  const version = header(headers, 'aggregateversion');
  return {
    id,
    time: Number.isNaN(time) ? record.timestamp : time,
    subject: header(headers, 'ce_subject') ?? record.key?.toString() ?? '',
    source: header(headers, 'ce_source') ?? '',
    correlationId: header(headers, 'correlationid') ?? id,
    ...optional('causationId', header(headers, 'causationid')),
    ...optional('version', version === undefined ? undefined : Number(version)),
    ...optional('requestHash', header(headers, 'requesthash')),
    ...optional('traceparent', traceparentOf(header(headers, TRACEPARENT))),
  };
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: T });
}
