import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { takesNoArguments } from './arguments.mjs';
import { root } from './paths.mjs';

takesNoArguments(`Usage: npm run test:compose
Builds, starts, uses and removes docker-compose.yml's platform as a project of its own.`);

// Tries docker-compose.yml for real, as a project of its own beside one that may be running: builds, starts, places
// orders, restarts a service, scales one, and removes everything again.

const project = `atelier-test-${process.pid}`;
const image = `${project}:local`;
const crowd = 20;
const patienceMs = 30_000;

const startedAt = Date.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

await needDocker();
const [port, mailPort] = await freePorts(2);
const gateway = `http://127.0.0.1:${port}`;
const mailbox = `http://127.0.0.1:${mailPort}`;
const environment = {
  ...process.env,
  COMPOSE_PROJECT_NAME: project,
  COMPOSE_FILE: 'docker-compose.yml',
  COMPOSE_PROFILES: '',
  ATELIER_IMAGE: image,
  PORT: String(port),
  MAIL_PORT: String(mailPort),
  POSTGRES_PASSWORD: randomUUID(),
};

const failures = [];
await tryEverything().catch(explain);
await step('everything removed', removeEverything).catch((error) => failures.push(error));

const seconds = Math.round((Date.now() - startedAt) / 1000);
const [failure] = failures;
console.log(
  failure
    ? `docker compose failed after ${seconds} s: ${failure.message}`
    : `docker compose works: ${seconds} s`,
);
process.exit(failure ? 1 : 0);

async function tryEverything() {
  await step('image built', () => compose('build'));
  await step('every service healthy', () => up());
  const { sku, available } = await step('catalogue there', pickProduct);
  await step('order confirmed, e-mail delivered', async () => expectMail(await placeOrder(sku)));
  await step('inventory restarted, next order confirmed', async () => {
    await compose('restart', 'inventory');
    await placeOrder(sku);
  });
  await step('orders scaled to 3', () => up('--scale', 'orders=3'));
  await step(`${crowd} orders confirmed`, () =>
    Promise.all(Array.from({ length: crowd }, () => placeOrder(sku))),
  );
  await step('stock taken once for each order', () => expectAvailable(sku, available - crowd - 2));
  await step('the operator finds no dead letters', expectNoDeadLetters);
  await step('every container healthy, ours not as root', checkContainers);
}

function up(...options) {
  return compose('up', '--wait', '--wait-timeout', '300', ...options);
}

async function pickProduct() {
  const { items } = await getJson(`${gateway}/v1/products`);
  return items.find(({ available }) => available > crowd + 2) ?? fail('No product has enough in stock.');
}

/** Places an order, sees it confirmed, and returns the address that its e-mail goes to. */
async function placeOrder(sku) {
  const email = `${randomUUID()}@atelier.test`;
  const response = await fetch(`${gateway}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ customerId: project, email, lines: [{ sku, quantity: 1 }] }),
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(45_000)]),
  });
  const text = await response.text();
  if (response.status === 201 && JSON.parse(text).status === 'confirmed') return email;
  return fail(`An order was answered with ${response.status}, not with 201 and confirmed: ${text}`);
}

async function expectMail(address) {
  const isThere = async () => {
    const mails = await getJson(`${mailbox}/email`);
    return mails.some(({ to }) => to.some((recipient) => recipient.address === address));
  };
  if (!(await becomesTrue(isThere))) fail(`The e-mail to ${address} did not arrive.`);
}

async function expectAvailable(sku, expected) {
  let found;
  const isRight = async () => {
    found = (await getJson(`${gateway}/v1/products/${sku}`)).available;
    return found === expected;
  };
  if (!(await becomesTrue(isRight))) fail(`Of ${sku}, ${found} are available, not ${expected}.`);
}

async function expectNoDeadLetters() {
  const { items } = await getJson(`${gateway}/v1/dead-letters`);
  if (items.length > 0) fail(`There are dead letters: ${JSON.stringify(items)}`);
}

async function checkContainers() {
  const containers = await inspectContainers();
  const troubled = containers.filter(isTroubled).map(({ name }) => name);
  if (troubled.length > 0) fail(`Not healthy: ${troubled.join(', ')}.`);
  const orders = containers.filter(({ service }) => service === 'orders').length;
  if (orders !== 3) fail(`There are ${orders} containers of orders, not 3.`);
  for (const { id, name } of containers.filter(({ isOurs, isRunning }) => isOurs && isRunning)) {
    const { stdout } = await docker('exec', id, 'id', '-u');
    if (stdout.trim() === '0') fail(`${name} runs as root.`);
  }
}

/** What runs must be healthy and must not have died before; what has ended must have done its work. */
function isTroubled({ isRunning, health, exitCode, restarts }) {
  return restarts > 0 || (isRunning ? health !== 'healthy' : exitCode !== 0);
}

async function inspectContainers() {
  const ids = (await compose('ps', '--all', '--quiet')).stdout.split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const { stdout } = await docker('inspect', ...ids);
  return JSON.parse(stdout).map(({ Id, Name, State, Config, RestartCount }) => ({
    id: Id,
    name: Name.slice(1),
    service: Config.Labels['com.docker.compose.service'],
    isOurs: Config.Image === image,
    isRunning: State.Running,
    health: State.Health?.Status ?? 'no health check',
    exitCode: State.ExitCode,
    restarts: RestartCount,
  }));
}

/** Keeps a failure, and shows what the containers that are in trouble logged last. */
async function explain(error) {
  failures.push(error);
  if (stop.signal.aborted) return console.log('Stopping ...');
  if (error.printed) console.log(`\n${error.printed}`);
  for (const container of (await inspectContainers().catch(() => [])).filter(isTroubled)) {
    const { id, name, health, isRunning, exitCode } = container;
    console.log(`\n${name} (${isRunning ? `running, ${health}` : `ended, exit code ${exitCode}`}):`);
    const logged = await docker('logs', '--tail', '20', id).catch(({ message }) => ({ printed: message }));
    console.log(logged.printed.trimEnd());
  }
}

async function removeEverything() {
  await run(['compose', 'down', '--volumes', '--remove-orphans', '--timeout', '5']);
  await run(['image', 'rm', '--force', image]);
}

function compose(...args) {
  return docker('compose', ...args);
}

function docker(...args) {
  return run(args, stop.signal);
}

/**
 * Runs docker and returns what it printed, all of it and without the errors. It has a process group of its own, which a Ctrl-C does not reach: what is
 * under way ends by the signal given here, and cleaning up goes on whatever the user presses.
 */
async function run(args, signal) {
  signal?.throwIfAborted();
  const ownGroup = process.platform !== 'win32';
  const child = spawn('docker', args, {
    cwd: root,
    env: environment,
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => (ownGroup ? process.kill(-child.pid, 'SIGTERM') : child.kill());
  signal?.addEventListener('abort', end);
  let stdout = '';
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code === 0) return { stdout, printed };
  const lines = printed.trimEnd().split('\n');
  const message = `docker ${args.slice(0, 2).join(' ')} ended with exit code ${code}: ${lines.at(-1)}`;
  throw Object.assign(new Error(message), { printed: lines.slice(-20).join('\n') });
}

async function needDocker() {
  const wanted = 'install Docker Engine 20.10 or later with Docker Compose 2.24 or later';
  const needs = [
    [['--version'], `Docker is missing: ${wanted}.`],
    [['compose', 'version'], `Docker has no Compose: ${wanted}, so that "docker compose version" answers.`],
    [['info'], 'Docker does not answer: start it, so that "docker info" shows a server.'],
  ];
  for (const [args, complaint] of needs) {
    const child = spawn('docker', args, { stdio: 'ignore' });
    const code = await new Promise((resolve) => child.once('error', resolve).once('close', resolve));
    if (code === 0) continue;
    console.error(complaint);
    process.exit(1);
  }
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await Promise.all(servers.map(listen));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function getJson(url) {
  const response = await fetch(url, { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]) });
  return response.ok ? response.json() : fail(`${url} was answered with ${response.status}.`);
}

async function becomesTrue(isTrue) {
  const deadline = Date.now() + patienceMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) return false;
    await sleep(100, undefined, { signal: stop.signal });
  }
  return true;
}

async function step(text, work) {
  const began = Date.now();
  const result = await work();
  console.log(`  [${inSeconds(Date.now() - startedAt)}] ${text} (${inSeconds(Date.now() - began).trim()})`);
  return result;
}

function inSeconds(ms) {
  return `${(ms / 1000).toFixed(1).padStart(5)} s`;
}

function fail(message) {
  throw new Error(message);
}
