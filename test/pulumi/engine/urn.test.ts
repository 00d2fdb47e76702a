import { expect, it } from 'vitest';
import { isStack, urnOf } from './urn';

const STACK = { project: 'project', stack: 'stack' };
const ROOT = urnOf(STACK, { type: 'pulumi:pulumi:Stack', name: 'project-stack', parent: '' });
const COMPONENT = urnOf(STACK, { type: 'a:b:C', name: 'c', parent: ROOT });

it('a URN has the types of all parents, but not the stack', () => {
  expect(ROOT).toBe('urn:pulumi:stack::project::pulumi:pulumi:Stack::project-stack');
  expect(COMPONENT).toBe('urn:pulumi:stack::project::a:b:C::c');
  expect(urnOf(STACK, { type: 'd:e:F', name: 'f', parent: COMPONENT })).toBe(
    'urn:pulumi:stack::project::a:b:C$d:e:F::f',
  );
});

it('the stack is known by its type', () => {
  expect([ROOT, COMPONENT].map(isStack)).toStrictEqual([true, false]);
});
