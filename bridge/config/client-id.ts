import { BridgeError } from '../errors';

/**
 * The client id with what is its own in each member of a group: `{hostname}`, and `{ordinal}`, the number at the end of
 * the name of a StatefulSet's pod.
 *
 * A member needs an id of its own, or the broker closes the connection of the other; and it needs the same one after a
 * restart, because what waits for it waits under that id.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG for an ordinal on a host whose name has none
 */
export function resolveClientId(template: string, hostname: string): string {
  const ordinal = ordinalOf(hostname);
  if (template.includes('{ordinal}') && ordinal === undefined) {
    const found = `the host is called "${hostname}", which does not end with - and a number`;
    const fix = 'Run it in a StatefulSet, or use {hostname}';
    throw new BridgeError('BRIDGE_ERR_CONFIG', `broker.clientId is "${template}", but ${found}. ${fix}`);
  }
  return template.replaceAll('{hostname}', hostname).replaceAll('{ordinal}', ordinal ?? '');
}

/**
 * Whether this is the member of its group that never leaves it. Were all of them to leave when all are stopped at a time,
 * the broker would keep requests for nobody.
 */
export function isFirstMember(template: string, hostname: string): boolean {
  return template.includes('{ordinal}') && ordinalOf(hostname) === '0';
}

function ordinalOf(hostname: string): string | undefined {
  return /-(\d+)$/.exec(hostname)?.[1];
}
