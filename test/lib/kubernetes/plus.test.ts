import { Size } from 'cdk8s';
import { type ContainerResources, Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { cpu, millisOf, renderResources, renderSize } from '../../../lib/kubernetes/plus';

describe('renderSize', () => {
  it.each([
    [Size.mebibytes(1), '1Mi'],
    [Size.mebibytes(1023), '1023Mi'],
    [Size.mebibytes(1024), '1Gi'],
    [Size.mebibytes(1025), '1025Mi'],
    [Size.gibibytes(5), '5Gi'],
    [Size.tebibytes(1), '1024Gi'],
    [Size.kibibytes(2048), '2Mi'],
  ])('writes %o as %s', (size, quantity) => {
    expect(renderSize(size)).toBe(quantity);
  });
});

describe('renderResources', () => {
  it.each<[string, ContainerResources, object]>([
    ['nothing', {}, {}],
    ['a request', { cpu: { request: Cpu.millis(100) } }, { requests: { cpu: '100m' } }],
    ['a limit', { memory: { limit: Size.gibibytes(1) } }, { limits: { memory: '1Gi' } }],
    ['whole processors', { cpu: { limit: Cpu.units(2) } }, { limits: { cpu: '2' } }],
    [
      'space on disk',
      { ephemeralStorage: { request: Size.mebibytes(50), limit: Size.gibibytes(1) } },
      { requests: { 'ephemeral-storage': '50Mi' }, limits: { 'ephemeral-storage': '1Gi' } },
    ],
  ])('writes %s and nothing else', (_, resources, expected) => {
    expect(renderResources(resources)).toStrictEqual(expected);
  });
});

describe('cpu', () => {
  it('counts in thousandths', () => {
    expect(cpu(100)).toEqual(Cpu.millis(100));
  });
});

describe('millisOf', () => {
  it.each([
    [Cpu.millis(250), 250],
    [Cpu.units(2), 2_000],
    [Cpu.units(0.5), 500],
  ])('knows %o', (amount, millis) => {
    expect(millisOf(amount)).toBe(millis);
  });
});
