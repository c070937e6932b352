import TestSequencer from '@jest/test-sequencer';

/** Files that start a platform of their own, or keep a core busy for a minute. */
const heavy = new RegExp(
  `/tests/(${[
    'exactly-once/selection',
    'gateway/openapi/openapi',
    'operator/operator',
    'outages/outages',
    'platform/platform',
  ].join('|')})\\.spec\\.ts$`,
);

/** Jest's own order, the longest first, but with what is heavy spread over the run: of two files at once, one is light. */
export default class SpreadPlatforms extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isHeavy = ({ path }) => heavy.test(path.replaceAll('\\', '/'));
    const platforms = sorted.filter(isHeavy);
    const light = sorted.filter((test) => !isHeavy(test));
    if (platforms.length === 0) return light;
    // Dealt like cards, so that each share takes about as long.
    return platforms.flatMap((platform, share) => [
      platform,
      ...light.filter((_, index) => index % platforms.length === share),
    ]);
  }
}
