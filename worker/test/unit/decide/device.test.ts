import { describe, expect, it } from 'vitest';
import { deviceOf } from '../../../src/device.ts';

const MOZILLA = 'Mozilla/5.0';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0';

describe('deviceOf', () => {
  it.each([
    ['desktop', '?0', `${MOZILLA} (X11; Linux x86_64) ${CHROME} Safari/537.36`],
    [
      'desktop',
      null,
      `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15`,
    ],
    [
      'desktop',
      null,
      `${MOZILLA} (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0`,
    ],
    ['desktop', null, null],
    ['desktop', null, ''],
    ['desktop', null, `${MOZILLA} (Linux; Android 12; BRAVIA 4K) ${CHROME} Safari/537.36`],
    ['mobile', '?1', null],
    ['mobile', '?1', `${MOZILLA} (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`],
    ['mobile', null, `${MOZILLA} (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`],
    ['mobile', null, `${MOZILLA} (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0`],
    [
      'mobile',
      null,
      `${MOZILLA} (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1`,
    ],
    ['mobile', null, 'Opera/9.80 (J2ME/MIDP; Opera Mini/9 (Compatible; MSIE:9.0)) Presto/2.5'],
    [
      'tablet',
      null,
      `${MOZILLA} (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Mobile/15E148 Safari/604.1`,
    ],
    ['tablet', '?0', `${MOZILLA} (Linux; Android 14; SM-X710) ${CHROME} Safari/537.36`],
    ['tablet', null, `${MOZILLA} (Android 15; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0`],
    [
      'tablet',
      null,
      `${MOZILLA} (Linux; Android 9; KFMAWI) AppleWebKit/537.36 Silk/120.1 like Chrome/120 Safari/537.36`,
    ],
  ])('%s for %s %s', (device, mobile, agent) => {
    expect(deviceOf(mobile, agent)).toBe(device);
  });

  it('says the same however many it has seen since', () => {
    const phone = `${MOZILLA} (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`;
    const agents = Array.from(
      { length: 1_200 },
      (_, n) => `${MOZILLA} (X11; Linux ${n}) ${CHROME}`,
    );
    for (let round = 0; round < 2; round++) {
      expect(deviceOf(null, phone)).toBe('mobile');
      expect(deviceOf('?0', phone)).toBe('desktop');
      expect(deviceOf('?1', phone)).toBe('mobile');
      expect(new Set(agents.map((agent) => deviceOf(null, agent)))).toEqual(new Set(['desktop']));
      expect(deviceOf(null, `${phone} ${'x'.repeat(600)}`)).toBe('mobile');
    }
  });
});
