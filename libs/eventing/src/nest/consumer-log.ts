import type { Logger } from '@nestjs/common';
import { loggedFields } from '../domain/index.ts';
import type { ConsumerLog } from '../engine/group-consumer.ts';

/** What a consumer group logs, as lines of a NestJS logger: beside the text what the error says of itself. */
export const consumerLog = (logger: Logger): ConsumerLog => ({
  info: (text) => logger.log(text),
  warn: (text, error) => logger.warn(text, ...loggedFields(error)),
  error: (text, error) => logger.error(text, ...loggedFields(error)),
});
