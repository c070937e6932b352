import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const NOBODY = { KAFKA_BROKERS: '127.0.0.1:1', REGISTRY_URL: 'http://127.0.0.1:1' };

/** What the deployment step says when OrderPlaced has this upcaster; there is neither a broker nor a registry. */
function deployedWith(upcaster: string): { readonly status: number | null; readonly stderr: string } {
  const source = `
    import { upcaster } from '@atelier/eventing/domain';
    import { OrderPlaced, OrderSubmitted } from '../../generated/orders.events.messages.ts';
    export const upcast = ${upcaster};`;
  const hook = `
    import { registerHooks } from 'node:module';
    registerHooks({
      load: (url, context, next) =>
        url.endsWith('/upcasters/orders.events/OrderPlaced.ts')
          ? { format: 'module', shortCircuit: true, source: ${JSON.stringify(source)} }
          : next(url, context),
    });`;
  const main = new URL('main.ts', import.meta.url).pathname;
  const load = `data:text/javascript,${encodeURIComponent(hook)}`;
  return spawnSync(process.execPath, ['--conditions=source', '--import', load, main], {
    encoding: 'utf8',
    env: { ...process.env, ...NOBODY },
  });
}

describe('the deployment step', () => {
  it.each([
    [
      'throws',
      "upcaster(OrderPlaced, OrderSubmitted, () => { throw new Error('too bad'); })",
      /^Deployment failed: Nothing was registered\. The upcaster of OrderPlaced \(\S+OrderPlaced\.ts:\d+\) threw too bad, given a sample of OrderPlaced\.v1: \{"orderId":"",.+\nMend it: /,
    ],
    [
      'is missing in the chain (a stack, and nothing of the deployment)',
      'upcaster(OrderPlaced, OrderPlaced, ({ data }) => OrderPlaced(data))',
      /^Deployment failed: The upcaster of OrderPlaced \(\S+OrderPlaced\.ts:\d+\) .+\n$/,
    ],
  ])(
    'ends in a sentence with file and line, before anybody is asked, where an upcaster %s',
    (_, upcaster, said) => {
      const { status, stderr } = deployedWith(upcaster);
      expect(stderr).toMatch(said);
      expect(stderr).not.toContain('    at ');
      expect(status).toBe(1);
    },
  );
});
