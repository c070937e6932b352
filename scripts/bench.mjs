import { asksForHelp } from './arguments.mjs';
import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

const USAGE = `Usage: npm run bench -- <which> [options]
  decider-alone     a decider with all its commands waiting, against copies of the same records in transactions
                    [--commands 200000] [--rounds 5] [--only decider|copy|kafkajs] [--profile file.cpuprofile]
  transaction-unit  what a transaction costs on three brokers, by what is in it [seconds of each measurement, 8]
  run-group         how long a handler of each kind takes in a spec
  decode            reading values of another version of their schema, and of a former type, against the same values read by the release
                    that wrote them, and against the decode of @kafkajs/confluent-schema-registry [--values 20000] [--rounds 15]
Each starts what it needs, and removes it. For figures of your own the machine must have nothing else to do.`;
const BENCHMARKS = ['decider-alone', 'transaction-unit', 'run-group', 'decode'];

const [which, ...options] = process.argv.slice(2);
if (asksForHelp()) {
  console.log(USAGE);
  process.exit(0);
}
if (!BENCHMARKS.includes(which)) {
  console.error(which === undefined ? USAGE : `There is no benchmark ${which}.\n${USAGE}`);
  process.exit(2);
}
await setUp();
const loading = ['--import', './tools/decorators.mjs', '--conditions=source'];
process.exit(await runOnNode24([...loading, `libs/eventing/bench/${which}.ts`, ...options]));
