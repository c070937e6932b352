import type { OperationDocs } from '../openapi/operation.ts';

export const follow: OperationDocs = {
  summary: 'Follows every domain event as it is committed',
  headers: ['Last-Event-ID'],
  answers: {
    200: {
      description:
        'Server-sent events. `event` is the type; `data` is JSON: id, type, time, subject, version, topic, ' +
        'partition, offset, data, and `was`, as in the history of an order. An event `gap` says which events were left out for a reader that is too ' +
        'slow, or cannot be had any more: `{"ranges":[{"topic","partition","from","to"}]}`, `to` not included',
      mediaType: 'text/event-stream',
    },
  },
};
