import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

const text = { type: 'string' } as const;

export const requestHeaders = {
  'Idempotency-Key':
    '1 to 255 visible ASCII characters. The same key with the same body is the same request, however often it comes; without one, a key is made and returned',
  'X-Client-Id': 'Whose Idempotency-Keys these are; without it, `anonymous`',
  'X-Operator': 'Who decides this: 1 to 100 printable characters, kept with the decision',
  Prefer: '`wait=N`: answer with the outcome as soon as it is known, after N seconds (30 at most) without it',
  'If-None-Match': 'The ETag of what is known already',
  'Last-Event-ID': 'The last `id` that was seen: the stream goes on after it',
  traceparent: 'W3C Trace Context, passed on with the command',
} as const;

export const responseHeaders = {
  Location: 'Where to read it',
  'Idempotency-Key': 'The key of this request: repeat it to be answered alike',
  'Preference-Applied': 'How `Prefer` was understood: `wait=N`',
  ETag: 'The version',
} as const;

/** What the OpenAPI document says of one call beside what follows from its route and its request's schemas. */
export interface OperationDocs {
  readonly summary: string;
  /** Path parameters: what they are. */
  readonly params?: Readonly<Record<string, string>>;
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
  500: 'Something went wrong here',
  503: 'Kafka or Postgres is away: ask again after `Retry-After` seconds, with the same Idempotency-Key',
};

export const Operation = ({ summary, params = {}, headers = [], answers, problems }: OperationDocs) =>
  applyDecorators(
    ApiOperation({ summary }),
    ...Object.entries(params).map(([name, description]) => ApiParam({ name, description, schema: text })),
    ...headers.map((name) =>
      ApiHeader({
        name,
        description: requestHeaders[name],
        required: name === 'X-Operator',
        schema: text,
      }),
    ),
    ...Object.entries(answers).map(([status, answer]) => answerResponse(Number(status), answer)),
    ...Object.entries({ ...anyCall, ...problems }).map(([status, description]) =>
      problemResponse(Number(status), description),
    ),
  );

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
