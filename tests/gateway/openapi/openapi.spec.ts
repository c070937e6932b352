import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { EventStream } from '../../../apps/gateway/src/events/event-stream.ts';
import { skipped } from '../../harness/installed/installed-once.ts';
import { specDirectory } from '../../harness/spec-directory.ts';
import { as, OperatorsDesk } from '../dead-letters/operators-desk.ts';
import { run, schemathesis } from './schemathesis.ts';

const token = 'a-token-for-operators';
const config = join(import.meta.dirname, 'schemathesis.toml');
const tool = await schemathesis();
if ('missing' in tool) skipped('Schemathesis does not try the OpenAPI document', tool);

let desk: OperatorsDesk;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  desk = await OperatorsDesk.open({ token, open: false });
  endStreamsAfterTheirFirstPart();
  const group = 'inventory.reserve-stock';
  const headers = as('ada', { Authorization: `Bearer ${token}` });
  await desk.post('/v1/products', {
    sku: 'TEAPOT',
    name: 'Teapot',
    unitPrice: { amount: 450, currency: 'EUR' },
    onHand: 9,
  });
  const DEAD_LETTER_ID = await desk.report({ group });
  const job = await desk.post('/v1/dead-letters/redrive', { group, reason: 'a job to read' }, headers);
  const lines = [{ sku: 'TEAPOT', quantity: 1 }];
  const placed = await desk.post('/v1/orders', { customerId: 'ada', email: 'ada@example.com', lines });
  env = { ORDER_ID: placed.body.orderId, DEAD_LETTER_ID, JOB_ID: job.body.jobId };
});

afterAll(() => desk?.close());

/** The stream of events has no end, and a client that reads whole answers would wait for it. */
function endStreamsAfterTheirFirstPart(): void {
  const stream = desk.gateway.app.get(EventStream);
  const open = stream.open.bind(stream);
  stream.open = async (...reader) => firstOf(await open(...reader));
}

async function* firstOf(chunks: AsyncGenerator<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) return yield chunk;
}

describe('the OpenAPI document', () => {
  ('missing' in tool ? it.skip : it)('is what the gateway does, however it is tried', async () => {
    if ('missing' in tool) return;
    const args = [
      ['--config-file', config, 'run', `${desk.gateway.url}/openapi.json`, '--no-color'],
      ['--checks', 'all', '--max-examples', '30', '--seed', '1'],
      // One asks while the gateway answers the other. Whatever it has found before is not needed again.
      ['--workers', '2', '--generation-database', 'none'],
      ['--header', `Authorization: Bearer ${token}`],
    ];
    const cwd = await specDirectory('schemathesis');
    const { code, output } = await run(tool.program, args.flat(), { cwd, env });
    if (code !== 0) throw new Error(`Schemathesis ended with ${code}:\n${output}`);
    const [, tried, all] = /(\d+) selected \/ (\d+) total/.exec(output) ?? [];
    expect({ tried }).toEqual({ tried: all });
  });
});
