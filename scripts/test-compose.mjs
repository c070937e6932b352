import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

// Tries docker-compose.yml for real, as a project of its own beside one that may be running: builds, starts, places orders,
// restarts a service, scales one, and removes everything again.

const project = `atelier-test-${process.pid}`;
const image = `${project}:local`;
const customer = `compose-${randomUUID()}`;
const orderCount = 20;
const startedAt = Date.now();
const stop = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!stop.signal.aborted) console.log(`\n${signal}: cleaning up ...`);
    stop.abort(new Error(`stopped by ${signal}`));
  });
}

await needDocker();
const [port, mailPort] = await freePorts(2);
const gateway = `http://127.0.0.1:${port}`;
const mailbox = `http://127.0.0.1:${mailPort}`;
const environment = {
  ...process.env,
  COMPOSE_PROJECT_NAME: project,
  ATELIER_IMAGE: image,
  PORT: String(port),
  MAIL_PORT: String(mailPort),
  POSTGRES_PASSWORD: randomUUID(),
};

let failure = await attempt(tryEverything);
if (failure && !stop.signal.aborted) await showTroubledContainers();
failure ??= await attempt(() => step('everything removed', removeEverything));
if (failure) await attempt(removeEverything);
const seconds = Math.round((Date.now() - startedAt) / 1000);
console.log(failure ? `docker compose failed after ${seconds} s: ${failure.message}` : `docker compose works, ${seconds} s`);
process.exitCode = failure ? 1 : 0;

async function tryEverything() {
  await step('image built', () => compose('build'));
  await step('every service healthy', () => up());
  const { sku, available } = await step('catalogue there', pickProduct);
  await step('order confirmed, e-mail delivered', async () => expectMail((await placeOrder(sku)).email));
  await step('inventory restarted, the next order confirmed', async () => {
    await compose('restart', 'inventory');
    await placeOrder(sku);
  });
  await step(`orders scaled to 3, ${orderCount} orders confirmed`, async () => {
    await up('--no-recreate', '--scale', 'orders=3');
    await Promise.all(Array.from({ length: orderCount }, () => placeOrder(sku)));
  });
  await step('each order took its stock once', () => expectAvailable(sku, available - orderCount - 2));
  await step('every container healthy, ours not as root', checkContainers);
}

const up = (...options) => compose('up', '--wait', '--wait-timeout', '300', ...options);

async function pickProduct() {
  const { items } = await getJson(`${gateway}/v1/products`);
  const product = items.find(({ available }) => available > orderCount + 2);
  return product ?? fail('no product is in stock');
}

async function placeOrder(sku) {
  const email = `${randomUUID()}@atelier.test`;
  const response = await fetch(`${gateway}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ customerId: customer, email, lines: [{ sku, quantity: 1 }] }),
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(45_000)]),
  });
  const text = await response.text();
  if (response.status === 201 && JSON.parse(text).status === 'confirmed') return { email };
  return fail(`an order was answered with ${response.status}, not with 201 and confirmed: ${text}`);
}

async function expectMail(address) {
  const arrived = async () =>
    (await getJson(`${mailbox}/email`)).some(({ to }) => to.some((recipient) => recipient.address === address));
  await until(arrived, `no e-mail to ${address} arrived`);
}

async function expectAvailable(sku, expected) {
  let available;
  const isRight = async () => {
    ({ available } = await getJson(`${gateway}/v1/products/${sku}`));
    return available === expected;
  };
  await until(isRight, () => `${available} of ${sku} are available, not ${expected}`);
}

async function checkContainers() {
  const containers = await inspectContainers();
  const troubled = containers.filter(isTroubled).map(({ name }) => name);
  if (troubled.length > 0) fail(`not healthy: ${troubled.join(', ')}`);
  const orders = containers.filter(({ service }) => service === 'orders').length;
  if (orders !== 3) fail(`${orders} containers of orders instead of 3`);
  const running = containers.filter((container) => container.isOurs && container.status === 'running');
  for (const { id, name } of running) {
    if ((await docker(['exec', id, 'id', '-u'])).trim() === '0') fail(`${name} runs as root`);
  }
}

/** One that runs must be healthy and must never have died; one that has ended must have done its work. */
function isTroubled({ status, health, exitCode, restarts }) {
  return restarts > 0 || (status === 'running' ? health !== 'healthy' : exitCode !== 0);
}

async function inspectContainers(options) {
  const ids = (await docker(['compose', 'ps', '--all', '--quiet'], options)).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  return JSON.parse(await docker(['inspect', ...ids], options)).map(({ Id, Name, State, Config, RestartCount }) => ({
    id: Id,
    name: Name.slice(1),
    service: Config.Labels['com.docker.compose.service'],
    isOurs: Config.Image === image,
    status: State.Status,
    health: State.Health?.Status,
    exitCode: State.ExitCode,
    restarts: RestartCount,
  }));
}

async function showTroubledContainers() {
  const notStarted = ({ status }) => status === 'created';
  for (const container of await inspectContainers().catch(() => [])) {
    if (!isTroubled(container) || notStarted(container)) continue;
    const { id, name, status, health = 'no health check', exitCode } = container;
    console.log(`\n${name}: ${status}, ${health}, exit code ${exitCode}; its log ends:`);
    console.log(lastLines(await docker(['logs', '--tail', '30', id]).catch(({ message }) => message), 30));
  }
}

/** Also what was begun before the stop: it does not listen to it. */
async function removeEverything() {
  await docker(['compose', 'down', '--volumes', '--remove-orphans'], { signal: undefined });
  await docker(['image', 'rm', '--force', image], { signal: undefined });
}

const compose = (...args) => docker(['compose', '--ansi', 'never', '--progress', 'plain', ...args]);

/**
 * Runs docker in a process group of its own, so that a Ctrl-C does not reach it: it is told to stop here. Returns what
 * it printed.
 */
async function docker(args, { signal = stop.signal } = {}) {
  signal?.throwIfAborted();
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
