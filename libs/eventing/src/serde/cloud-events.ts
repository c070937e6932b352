import type { Metadata } from '../domain/index.ts';
import { type ConsumedRecord, header, type Headers } from '../log/record.ts';
import { isText } from '../log/text.ts';
import { TRACEPARENT, traceparentOf } from './trace-context.ts';
import { Undecodable } from './undecodable.ts';

/** On events: the number of this one in its aggregate's history. Only deciders write it. */
export const AGGREGATE_VERSION = 'aggregateversion';

/**
 * Metadata as CloudEvents 1.0 attributes in record headers (Kafka protocol binding, binary mode). Beside
 * them `correlationid`, `causationid`, `aggregateversion`, `requesthash` and W3C `traceparent`: headers without `ce_`, and so no
 * extensions of the event.
 */
export function toHeaders(type: string, metadata: Metadata): Headers {
  const headers: [string, Buffer][] = [
    ['ce_specversion', SPEC_VERSION],
    ['ce_id', Buffer.from(metadata.id)],
    ['ce_type', repeated(type)],
    ['ce_source', repeated(metadata.source)],
    ['ce_subject', Buffer.from(metadata.subject)],
    ['ce_time', timeText(metadata.time)],
    ['content-type', CONTENT_TYPE],
    ['correlationid', Buffer.from(metadata.correlationId)],
  ];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) headers.push([name, Buffer.from(String(value))]);
  };
  add('causationid', metadata.causationId);
  add(AGGREGATE_VERSION, metadata.version);
  add('requesthash', metadata.requestHash);
  add(TRACEPARENT, metadata.traceparent);
  return headers;
}

const SPEC_VERSION = Buffer.from('1.0');
const CONTENT_TYPE = Buffer.from('application/vnd.apache.avro+binary');

/** Texts that are the same in most records: types of messages, and services. */
const known = new Map<string, Buffer>();
const MOST_KNOWN = 1_000;

function repeated(text: string): Buffer {
  const before = known.get(text);
  if (before) return before;
  const bytes = Buffer.from(text);
  if (known.size < MOST_KNOWN) known.set(text, bytes);
  return bytes;
}

let lastTime = { ms: 0, text: Buffer.from(new Date(0).toISOString()) };

/** Those of one batch mostly have the same. */
function timeText(ms: number): Buffer {
  if (lastTime.ms !== ms) lastTime = { ms, text: Buffer.from(new Date(ms).toISOString()) };
  return lastTime.text;
}

/**
 * Metadata of a record. What a foreign producer left out is filled from the record's own position and time. Throws Undecodable
 * where the key, or an attribute, is not UTF-8; headers that are none of CloudEvents may be anything.
 */
export function toMetadata(record: ConsumedRecord): Metadata {
  const { key, headers } = record;
  if (key && !isText(key)) throw new Undecodable('The key is not valid UTF-8');
  const found = attributesIn(headers);
  const id = found.ce_id ?? `${record.topic}/${record.partition}/${record.offset}`;
  const time = Date.parse(found.ce_time ?? '');
  const { causationid, aggregateversion, requesthash } = found;
  const traceparent = traceparentOf(header(headers, TRACEPARENT));
  return {
    id,
    time: Number.isNaN(time) ? record.timestamp : time,
    subject: found.ce_subject ?? key?.toString() ?? '',
    source: found.ce_source ?? '',
    correlationId: found.correlationid ?? id,
    ...(causationid !== undefined && { causationId: causationid }),
    ...(aggregateversion !== undefined && { version: Number(aggregateversion) }),
    ...(requesthash !== undefined && { requestHash: requesthash }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Attributes, and headers beside them, whose values are read here. */
type Read =
  | 'ce_id'
  | 'ce_time'
  | 'ce_subject'
  | 'ce_source'
  | 'correlationid'
  | 'causationid'
  | typeof AGGREGATE_VERSION
  | 'requesthash';

const READ = new Set<string>([
  'ce_id',
  'ce_time',
  'ce_subject',
  'ce_source',
  'correlationid',
  'causationid',
  AGGREGATE_VERSION,
  'requesthash',
] satisfies Read[]);

/** The first value of each: undefined where it is null. */
function attributesIn(headers: Headers): Readonly<Partial<Record<Read, string | undefined>>> {
  const found: Partial<Record<string, string | undefined>> = {};
  for (const [name, value] of headers) {
    const wanted = READ.has(name) && !(name in found);
    if (!wanted && !name.startsWith('ce_')) continue;
    if (value && !isText(value)) throw new Undecodable(`The header ${name} is not valid UTF-8`);
    if (wanted) found[name] = value?.toString();
  }
  return found;
}
