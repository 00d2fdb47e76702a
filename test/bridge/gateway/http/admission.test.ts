import { expect, it } from 'vitest';
import { Admission } from '../../../../bridge/gateway/http/admission';
import { isPending } from '../../support/deferred';

it('lets in as many as it may, and another one for each that leaves', () => {
  const admission = new Admission({ requests: 2, bytes: 1_000 });
  const leave = admission.enter(1);

  expect([admission.enter(1), admission.enter(1)].map((entered) => entered !== undefined)).toStrictEqual([true, false]);
  leave?.();
  expect(admission.enter(1)).toBeDefined();
  expect(admission.requests).toBe(2);
});

it('lets in as many bytes as it may', () => {
  const admission = new Admission({ requests: 10, bytes: 100 });
  const leave = admission.enter(60);

  expect(admission.enter(41)).toBeUndefined();
  expect(admission.enter(40)).toBeDefined();
  leave?.();
  expect(admission.enter(60)).toBeDefined();
});

it('tells when the last one has left', async () => {
  const admission = new Admission({ requests: 2, bytes: 100 });
  const [first, second] = [admission.enter(1), admission.enter(1)];
  const empty = admission.empty();

  first?.();
  expect(await isPending(empty)).toBe(true);
  second?.();

  await empty;
  await admission.empty();
});
