import { expect, test } from 'vitest';
import type { ConsentLevel } from '../../../src/consent.ts';
import { followConsent } from '../../../src/parts/consentMode.ts';

type Command = [action: string, fields: { [type: string]: unknown }];

const denied = { analytics_storage: 'denied', ad_personalization: 'denied' };
const granted = { analytics_storage: 'granted', ad_personalization: 'granted' };

/** Name, commands, and the levels that were said. */
const cases: [string, Command[], ConsentLevel[]][] = [
  ['nothing of ours is said', [['default', { ad_storage: 'denied' }]], []],
  ['granted by default', [['default', granted]], ['all']],
  [
    'granted, of personal content nothing',
    [['default', { analytics_storage: 'granted' }]],
    ['all'],
  ],
  [
    'granted, but no personal ads',
    [['default', { ...granted, ad_personalization: 'denied' }]],
    ['measure'],
  ],
  [
    'granted, but no personal content',
    [['update', { ...granted, personalization_storage: 'denied' }]],
    ['measure'],
  ],
  ['only personal ads are denied', [['update', { ad_personalization: 'denied' }]], ['measure']],
  ['denied by default: the answer is to come', [['default', denied]], ['wait']],
  [
    'denied, then agreed to',
    [
      ['default', denied],
      ['update', granted],
    ],
    ['wait', 'all'],
  ],
  [
    'denied, then refused',
    [
      ['default', denied],
      ['update', denied],
    ],
    ['wait', 'none'],
  ],
  [
    'denied, then something else was answered',
    [
      ['default', denied],
      ['update', { ad_storage: 'granted' }],
    ],
    ['wait'],
  ],
  [
    'agreed to, then withdrawn',
    [
      ['update', granted],
      ['update', { analytics_storage: 'denied' }],
    ],
    ['all', 'none'],
  ],
  [
    'a default that comes after the answer',
    [
      ['update', granted],
      ['default', denied],
    ],
    ['all'],
  ],
  [
    'denied for a region, which may be ours, granted elsewhere',
    [
      ['default', { ...denied, region: ['ES'] }],
      ['default', granted],
    ],
    ['wait'],
  ],
  [
    'granted everywhere, but denied for a region',
    [
      ['default', granted],
      ['default', { ...denied, region: ['ES'] }],
    ],
    ['all', 'wait'],
  ],
  [
    'granted for a region, which may not be ours',
    [['default', { ...granted, region: ['US'] }]],
    [],
  ],
  [
    'the same again',
    [
      ['update', granted],
      ['update', granted],
    ],
    ['all'],
  ],
];

test.for(cases)('%s', ([, commands, levels]) => {
  const said: ConsentLevel[] = [];
  const follow = followConsent((level) => said.push(level));
  for (const [action, fields] of commands) follow(action, fields);
  expect(said).toStrictEqual(levels);
});
