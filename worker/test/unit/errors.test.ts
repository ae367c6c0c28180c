import { expect, it } from 'vitest';
import { ProblemError, problemResponse } from '../../src/errors.ts';

it('a fault of ours is a 500 that tells nothing of it', async () => {
  const response = problemResponse(new Error('select * from keys: wk_secret'));
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'Internal error',
    status: 500,
    code: 'internal',
    detail: 'Something failed on our side. Try again later.',
  });
});

it('a problem carries its headers and counts', async () => {
  const response = problemResponse(
    new ProblemError(503, 'profile_unavailable', 'Later.', {
      headers: { 'retry-after': '5' },
      accepted: 2,
      duplicates: 1,
    }),
  );
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({ status: 503, accepted: 2, duplicates: 1 });
});
