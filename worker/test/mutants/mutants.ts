import type { Mutant } from './mutant.ts';

const SRC = 'worker/src';
const STRANGERS = 'attacks.strangers.test.ts';
const SIGNATURES = 'attacks.signatures.test.ts';
const PLACEHOLDERS = 'attacks.placeholders.test.ts';
const FLOODS = 'attacks.floods.test.ts';
const TRAITS = 'attacks.traits.test.ts';
const READING = 'attacks.reading.test.ts';
const OTHERS = 'attacks.test.ts';

/** Every defence of a person's identity, each with the attack that shows that it is there. */
export const MUTANTS: readonly Mutant[] = [
  // --- What a request may know.
  {
    name: 'a claimed link opens the whole person',
    file: `${SRC}/profile/memory.ts`,
    find: 'return isVouched(this.nodes, anon)\n',
    replace: 'return this.nodes.has(anon)\n',
    test: [STRANGERS, 'one who identifies without a history, in a batch'],
  },
  {
    name: 'a user id in a question opens the whole person',
    file: `${SRC}/profile/client.ts`,
    find: 'if (trusted && user !== undefined) {',
    replace: 'if (user !== undefined) {',
    test: [STRANGERS, 'one who only asks'],
  },
  {
    name: 'a question needs no signature',
    file: `${SRC}/decide/identify.ts`,
    find: 'const trusted = secretKey || signed;',
    replace: 'const trusted = secretKey || userId !== undefined;',
    test: [STRANGERS, 'one who only asks'],
  },
  {
    name: 'a user id on an event opens the whole person',
    file: `${SRC}/profile/reading.ts`,
    find: "if (verified === true && bearer.kind === 'user')",
    replace: "if (bearer.kind === 'user')",
    test: [STRANGERS, 'one who only asks'],
  },
  {
    name: 'every link is verified',
    file: `${SRC}/collect/store.ts`,
    find: 'const verified = user !== undefined && prepared.some((event) => event.verified);',
    replace: 'const verified = user !== undefined;',
    test: [STRANGERS, 'one who identifies without a history, in a batch'],
  },
  {
    name: 'what nobody vouches for counts for what the user is shown',
    file: `${SRC}/profile/memory.ts`,
    find: "if (verified || kindOf(bearer) === 'anon') return ownSource(bearer);",
    replace: 'return ownSource(bearer);',
    test: [OTHERS, 'changes nothing of what the victim is shown'],
  },
  {
    name: 'what comes on a claimed link counts for what the user is shown',
    file: `${SRC}/profile/memory.ts`,
    find: 'return isVouched(this.nodes, anon) && bondTo(this.nodes, anon, bearer) !== undefined;',
    replace: 'return bondTo(this.nodes, anon, bearer) !== undefined;',
    test: [OTHERS, 'changes nothing of what the victim is shown'],
  },
  {
    name: 'a browser that names another user is shown what its owner is',
    file: `${SRC}/profile/reading.ts`,
    find: '&& !memory.nodes.has(user)) return',
    replace: '&& user === asked.name) return',
    test: [OTHERS, 'is shown nothing of who was there before'],
  },
  {
    name: 'a decision token counts for whoever shows it',
    file: `${SRC}/profile/memory.ts`,
    find: 'const { subject } = exposure;',
    replace: "const subject = this.self?.name ?? '';",
    test: [OTHERS, 'a forged or foreign token fixes nothing'],
  },
  {
    name: 'a decision token needs no signature',
    file: `${SRC}/site/decisionToken.ts`,
    find: 'if (!sameBytes(bytes(expected), bytes(token.slice(dot + 1)))) return undefined;',
    replace: '',
    test: [OTHERS, 'a forged or foreign token fixes nothing'],
  },
  {
    name: 'a write key may ask why',
    file: `${SRC}/decide/route.ts`,
    find: 'if (question.explain === true && !trusted) {',
    replace: 'if (question.slots.length === 0) {',
    test: [READING, 'say nothing of why'],
  },
  {
    name: 'a write key opens the private routes',
    file: `${SRC}/site/authenticate.ts`,
    find: "if (owner.kind !== 'secret') {",
    replace: "if (owner.site === '') {",
    test: [READING, 'tell nothing under a write key: GET /v1/profiles/:kind/:id/timeline'],
  },
  {
    name: 'a profile is open to everybody',
    file: `${SRC}/profile/route.ts`,
    find: 'const site = await authenticateSecret(c.env, c.req.raw, Date.now());',
    replace: "const site = 'site';",
    test: [READING, 'tell nothing under a write key: GET /v1/profiles/:kind/:id/timeline'],
  },
  {
    name: 'a write key is told who was erased',
    file: `${SRC}/collect/store.ts`,
    find: 'if (erased === true && facts.trusted)',
    replace: 'if (erased === true)',
    test: [STRANGERS, 'learns not that the victim was erased'],
  },
  {
    name: 'dropped events are counted otherwise than stored ones',
    file: `${SRC}/collect/deliver.ts`,
    find: 'new Set(events.map(({ id }) => id)).size',
    replace: 'events.length',
    test: [STRANGERS, 'learns not that the victim was erased'],
  },

  // --- Signatures.
  {
    name: 'every signature is right',
    file: `${SRC}/site/secrets.ts`,
    find: 'sameBytes(bytes(await sign(key, userId)), given)',
    replace: "(await sign(key, userId)) !== ''",
    test: [SIGNATURES, 'of zeros is a claim'],
  },
  {
    name: 'a signature is right as far as it goes',
    file: `${SRC}/site/secrets.ts`,
    find: 'sameBytes(bytes(await sign(key, userId)), given)',
    replace: '(await sign(key, userId)).startsWith(signature)',
    test: [SIGNATURES, 'truncated by a digit is a claim'],
  },
  {
    name: 'a signature may go on',
    file: `${SRC}/hash.ts`,
    find: 'if (a.length !== b.length) return false;',
    replace: '',
    test: [SIGNATURES, 'extended by a digit is a claim'],
  },
  {
    name: 'a signature counts for every user',
    file: `${SRC}/site/secrets.ts`,
    find: "crypto.subtle.sign('HMAC', key, bytes(userId))",
    replace: "crypto.subtle.sign('HMAC', key, bytes(userId.slice(0, 0)))",
    test: [SIGNATURES, 'of another user is a claim'],
  },
  {
    name: 'a site takes the signatures of another',
    file: `${SRC}/site/identitySecret.ts`,
    find: 'from sites where id = ?1',
    replace: 'from sites where id >= ?1 order by created_at desc limit 1',
    test: [SIGNATURES, "under another site's secret is a claim"],
  },
  {
    name: 'the first of three identity secrets stays valid',
    file: `${SRC}/site/rotation.ts`,
    find: 'set identity_secret_before = identity_secret,',
    replace: 'set identity_secret_before = coalesce(identity_secret_before, identity_secret),',
    test: [SIGNATURES, 'under a secret that two rotations have ended'],
  },
  {
    name: 'a dropped identity secret stays valid',
    file: `${SRC}/site/rotation.ts`,
    find: 'set identity_secret_before = null, identity_secret_before_at = null',
    replace: 'set identity_secret_before_at = null',
    test: [SIGNATURES, 'under a secret that two rotations have ended'],
  },

  // --- Who joins whom.
  {
    name: 'an anonymous id that has an owner is linked again',
    file: `${SRC}/profile/joining.ts`,
    find: 'if (memory.hasUser()) {',
    replace: 'if (memory.nodes.has(user.name)) {',
    test: [PLACEHOLDERS, 'that many accounts claim stays the first one’s'],
  },
  {
    name: 'a split is forgotten',
    file: `${SRC}/profile/joining.ts`,
    find: "if (apart) return { is: 'apart' };",
    replace: '',
    test: [FLOODS, 'takes as many again for each that is split off, and none that was'],
  },
  {
    name: 'a placeholder is an id',
    file: `${SRC}/profile/identity.ts`,
    find: 'PLACEHOLDERS.has(compared) ||',
    replace: "compared === '' ||",
    test: [PLACEHOLDERS, 'links no two visitors as a user id: "null"'],
  },
  {
    name: 'a placeholder in capitals is an id',
    file: `${SRC}/profile/identity.ts`,
    find: 'const compared = value.toLowerCase();',
    replace: 'const compared = value;',
    test: [PLACEHOLDERS, 'links no two visitors as a user id: "NULL"'],
  },
  {
    name: 'a placeholder in spaces is an id',
    file: `${SRC}/profile/identity.ts`,
    find: 'String(raw).trim().toWellFormed()',
    replace: 'String(raw).toWellFormed()',
    test: [PLACEHOLDERS, 'links no two visitors as a user id: " Null "'],
  },
  {
    name: 'a number that was rounded is an id',
    file: `${SRC}/profile/identity.ts`,
    find: '!Number.isSafeInteger(raw)',
    replace: 'Number.isNaN(raw)',
    test: [PLACEHOLDERS, 'links no two visitors as a user id: 9007199254740992'],
  },
  {
    name: "a site's own placeholder is an id in events",
    file: `${SRC}/collect/route.ts`,
    find: 'placeholders: placeholdersOf(snapshot.settings),',
    replace: 'placeholders: new Set(),',
    test: [PLACEHOLDERS, 'links no two visitors: "till-7"'],
  },
  {
    name: "a site's own placeholder is an id in questions",
    file: `${SRC}/decide/identify.ts`,
    find: 'const placeholders = placeholdersOf(settings);',
    replace: 'const placeholders = placeholdersOf({ ...settings, placeholders: [] });',
    test: [PLACEHOLDERS, 'links no two visitors: "till-7"'],
  },
  {
    name: "a guessed messageId makes the server's event a duplicate",
    file: `${SRC}/collect/eventId.ts`,
    find: "${trusted ? 'secret' : 'user'}\\0",
    replace: 'user\\0',
    test: [OTHERS, "makes no event of the shop's server a duplicate"],
  },

  // --- Floods.
  {
    name: 'the user does not know that it has enough anonymous ids',
    file: `${SRC}/profile/ingest.ts`,
    find: 'memory.countAnons(verified) >= limits.anonymousIds',
    replace: 'false',
    test: [FLOODS, 'stops at the limit, by identify and by alias'],
  },
  {
    name: 'a target takes every anonymous id that moves in',
    file: `${SRC}/profile/joining.ts`,
    find: 'memory.countAnons(verified) + anons > chunk.most',
    replace: 'false',
    test: ['profiles.test.ts', 'refuses more anonymous ids than a person may have'],
  },
  {
    name: 'a profile takes every external id of a type',
    file: `${SRC}/profile/externalIds.ts`,
    find: 'count >= most || ',
    replace: '',
    test: [FLOODS, 'stops at the limit of each type, and at ten types'],
  },
  {
    name: 'a profile takes external ids of every type',
    file: `${SRC}/profile/externalIds.ts`,
    find: 'if (count === 0 && counts.size >= MAX_TYPES) return false;',
    replace: '',
    test: [FLOODS, 'stops at the limit of each type, and at ten types'],
  },
  {
    name: 'claims keep out a browser that comes signed',
    file: `${SRC}/profile/memory.ts`,
    find: "(!verified || link !== 'claimed')",
    replace: 'typeof verified',
    test: [FLOODS, 'of claims keeps no browser out that comes signed'],
  },
  {
    name: 'claims keep out external ids that are vouched for',
    file: `${SRC}/profile/memory.ts`,
    find: 'if (verified) return this.vouched();',
    replace: 'if (verified) return this.whole();',
    test: [FLOODS, 'of claims leaves room for what is vouched for'],
  },
  {
    name: 'a guess tells which external ids a user has',
    file: `${SRC}/profile/memory.ts`,
    find: 'return this.seenBy(anon ?? bearer).state;',
    replace: 'return this.whole();',
    test: [STRANGERS, 'one who guesses external ids'],
  },
  {
    name: 'all external ids of an event are read',
    file: `${SRC}/profile/externalIds.ts`,
    find: 'externalIds.slice(0, MAX_READ)',
    replace: 'externalIds',
    test: [FLOODS, 'of one event is read for twenty entries'],
  },
  {
    name: 'a state takes every trait',
    file: `${SRC}/profile/reduce.ts`,
    find: 'state[kind] = keepNewest(stated, MAX_TRAITS, (trait) => trait.at);',
    replace: 'state[kind] = stated;',
    test: [TRAITS, 'of 10,000 names leave 200'],
  },

  // --- Traits and names.
  {
    name: 'a claimed trait is kept as a verified one',
    file: `${SRC}/profile/reduce.ts`,
    find: "const kind = event.verified ? 'traits' : 'claims';",
    replace: "const kind = 'traits';",
    test: [TRAITS, 'overwrites and removes no verified one: with the user id alone'],
  },
  {
    name: 'a claimed trait stands over a verified one',
    file: `${SRC}/profile/answer.ts`,
    find: '.filter(([name]) => !(name in traits))',
    replace: '',
    test: [TRAITS, 'overwrites and removes no verified one: from a new browser'],
  },
  {
    name: 'a trait may have any size',
    file: `${SRC}/collect/faults.ts`,
    find: 'if (isLarger(value, MAX_TRAIT)) {',
    replace: 'if (name === value) {',
    test: [TRAITS, 'are refused one by one, and leave the neighbours'],
  },
  {
    name: 'tables have a prototype',
    file: `${SRC}/profile/state.ts`,
    find: 'const made = Object.create(null) as Record<string, T>;',
    replace: 'const made: Record<string, T> = {};',
    test: [TRAITS, '__proto__ is data or nothing'],
  },
  {
    name: 'tables that were stored have a prototype',
    file: `${SRC}/profile/state.ts`,
    find: 'for (const key of TABLES) Object.setPrototypeOf(state[key], null);',
    replace: '',
    test: [TRAITS, '__proto__ is data or nothing'],
  },
  {
    name: 'conditions find what objects inherit',
    file: `${SRC}/decide/fields.ts`,
    find: 'Object.hasOwn(object, name)',
    replace: 'name in object',
    test: [TRAITS, 'constructor names a campaign'],
  },
  {
    name: 'a key called __proto__ comes in',
    file: `${SRC}/body.ts`,
    find: "key === '__proto__' ? undefined : item",
    replace: "key === '__proto__ ' ? undefined : item",
    test: [TRAITS, '__proto__ is data or nothing'],
  },
];
