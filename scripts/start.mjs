import { takesNoArguments } from './arguments.mjs';
import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

takesNoArguments(`Usage: npm start
Sets up and starts everything, and runs until Ctrl-C. Settings are variables, as in PORT=9000 npm start:
  PORT=8080           the gateway's; KAFKA_PORT, REGISTRY_PORT, POSTGRES_PORT, SMTP_PORT, MAIL_PORT are free ones
  DATA_DIR=.data      where the data is kept
  BROKERS=1           or 3
  INSTANCES=1         of each service: 1, 2 or 3
  FAULTS=off          on: npm run fault can break the mail server
docs/operations.md has those of the services, too.`);
const startedAt = await setUp();
const platform = 'libs/local-stack/src/platform/main.ts';
process.exit(
  await runOnNode24(['--conditions=source', platform, `--started=${startedAt}`], { channel: true }),
);
