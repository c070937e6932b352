import { describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { seeded } from '../../time/seeded.ts';
import { crc32c } from './crc32c.ts';

const kafkaJs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (
  bytes: Buffer,
) => number;

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4; the last one is the check value of the catalogues of CRCs.
  it.each([
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
    ['nothing', Buffer.alloc(0), 0],
    ['text', Buffer.from('123456789'), 0xe3069283],
  ])('of %s', (_, bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  it('is what KafkaJS makes of the same bytes, of each length and wherever they begin', () => {
    const random = seeded(1);
    const bytes = Buffer.from(Array.from({ length: 200 }, () => random() * 256));
    for (let from = 0; from < 9; from++)
      for (let to = from; to <= bytes.length; to++)
        expect(crc32c(bytes.subarray(from, to))).toBe(kafkaJs(bytes.subarray(from, to)));
  });
});
