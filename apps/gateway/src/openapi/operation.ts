import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { LogVector } from '../events/log-vector.ts';
import { type ReadModelName, Reads } from '../read-model/consistent-reads.ts';
import { int32Pattern, int64Pattern, operatorPattern, textPattern, topicPattern } from '../http/patterns.ts';

const text = { type: 'string' } as const;

const visible = { ...text, pattern: '^[!-~]{1,255}$', minLength: 1, maxLength: 255 };
const requestHeaders = {
  'Idempotency-Key': {
    description:
      '1 to 255 visible ASCII characters. The same key with the same body is the same request, however often it comes; without one, a key is made and returned',
    schema: visible,
  },
  'X-Client-Id': {
    description: 'Whose Idempotency-Keys these are; those who send none share theirs',
    schema: visible,
  },
  'X-Operator': {
    description:
      'Who decides this: 1 to 100 characters that can be seen, the first one no space, kept with the decision',
    schema: { ...text, pattern: operatorPattern, minLength: 1, maxLength: 100 },
  },
  Prefer: {
    description:
      '`wait=N` (RFC 7240): answer with the outcome as soon as it is known, after N seconds (30 at most) without it',
    schema: text,
  },
  'If-None-Match': { description: 'The ETag of what is known already', schema: text },
  'Consistency-Token': {
    description:
      'What a write answered in this header, or a read in `Read-Positions`; several with commas. The answer has what was written before that, or is 503 after three seconds',
    schema: { $ref: '#/components/schemas/ConsistencyToken' },
  },
  'Last-Event-ID': {
    description: 'The last `id` that was seen: the stream goes on after it',
    schema: { ...text, pattern: LogVector.pattern },
  },
  traceparent: {
    description: 'W3C Trace Context, passed on with the command; an invalid one is ignored',
    schema: text,
  },
} as const;

const id = { ...text, format: 'uuid' };
const pathParams = {
  orderId: { description: 'The id of the order', schema: id },
  sku: { description: 'The stock keeping unit', schema: text },
  customerId: {
    description: 'The customer, as orders name them',
    schema: { ...text, pattern: textPattern(128), minLength: 1, maxLength: 128 },
  },
  projection: { description: 'The name of the projection', schema: text },
  deadLetterId: { description: 'The id of the dead letter', schema: id },
  jobId: { description: 'The id of the job', schema: id },
  producerId: { description: 'The id of the producer', schema: { ...text, pattern: int64Pattern } },
  topic: {
    description: 'An events topic',
    schema: { ...text, pattern: topicPattern, minLength: 1, maxLength: 249 },
  },
  partition: { description: 'Its partition', schema: { ...text, pattern: int32Pattern } },
  offset: {
    description: 'Where the record stands, as readiness says',
    schema: { ...text, pattern: int64Pattern },
  },
} as const;

const responseHeaders = {
  Location: 'Where to read it',
  'Idempotency-Key': 'The key of this request: repeat it to be answered alike',
  'Preference-Applied': 'How `Prefer` was understood: `wait=N`',
  ETag: 'The version',
  'Consistency-Token': 'Where the write is in the log: a read that sends it shows the write',
  'Read-Positions':
    'Up to where in the log the answer has everything, at least: a later read that sends it as Consistency-Token is not older',
} as const;

/** What the OpenAPI document says of one call beside what follows from its route and its request's schemas. */
export interface OperationDocs {
  readonly summary: string;
  /** The read model that it answers from. */
  readonly reads?: ReadModelName;
  readonly params?: readonly (keyof typeof pathParams)[];
  readonly headers?: readonly (keyof typeof requestHeaders)[];
  readonly answers: Readonly<Record<number, AnswerDocs>>;
  /** When which problem comes, beside those that every call may have. */
  readonly problems?: Readonly<Record<number, string>>;
}

interface AnswerDocs {
  readonly description: string;
  readonly body?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: readonly (keyof typeof responseHeaders)[];
}

const anyCall = {
  400: 'The request is malformed; `detail` names what',
  431: 'The request line and the headers have more than 64 KiB',
  500: 'Something went wrong here',
  503: 'Kafka or Postgres is away: ask again after `Retry-After` seconds, with the same Idempotency-Key',
};

const anyRead = {
  503: 'Kafka or Postgres is away, or the read model has not come to what Consistency-Token names (`not-seen-yet`): ask again after `Retry-After` seconds',
};

/** Documents a call; one that answers from a read model is consistent with what the client has seen. */
export function Operation({ summary, reads, params = [], headers = [], answers, problems }: OperationDocs) {
  const said = reads ? [...headers, 'Consistency-Token' as const] : headers;
  const always = { ...anyCall, ...(reads && anyRead) };
  return applyDecorators(
    ApiOperation({ summary }),
    ...(reads ? [Reads(reads)] : []),
    ...params.map((name) => ApiParam({ name, ...pathParams[name] })),
    ...said.map((name) => ApiHeader({ name, required: name === 'X-Operator', ...requestHeaders[name] })),
    ...Object.entries(answers).map(([status, answer]) =>
      answerResponse(Number(status), reads ? readAnswer(answer) : answer),
    ),
    ...Object.entries({ ...always, ...problems }).map(([status, description]) =>
      problemResponse(Number(status), description),
    ),
  );
}

const readAnswer = ({ headers = [], ...answer }: AnswerDocs): AnswerDocs => ({
  ...answer,
  headers: [...headers, 'Read-Positions'],
});

function answerResponse(status: number, { description, body, mediaType, headers = [] }: AnswerDocs) {
  const described = headers.map((name) => [name, { description: responseHeaders[name], schema: text }]);
  return ApiResponse({
    status,
    description,
    ...(headers.length > 0 && { headers: Object.fromEntries(described) }),
    ...(body && { standardSchema: body }),
    ...(mediaType && { content: { [mediaType]: { schema: text } } }),
  });
}

const problemResponse = (status: number, description: string) =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    ...(status === 503 && { headers: { 'Retry-After': { description: 'Seconds', schema: text } } }),
  });
