import { Size } from 'cdk8s';
import { EdgeError } from '../errors';
import type { MosquittoSettings } from './mosquitto-conf';
import type { MosquittoListener } from './mosquitto-listeners';
import type { MosquittoProps } from './mosquitto-props';
import { MosquittoVersion } from './mosquitto-version';

/** Mosquitto reads most of its numbers as signed 32 bits. */
const MOST = 2 ** 31 - 1;
export const DEFAULT_MEMORY = Size.gibibytes(1);

/**
 * What mosquitto.conf follows from.
 *
 * @throws EdgeError EDGE_ERR_VALUE
 */
export function resolveSettings(props: MosquittoProps, listeners: MosquittoListener[]): MosquittoSettings {
  const memoryBytes = (props.resources?.memory?.limit ?? DEFAULT_MEMORY).toKibibytes() * 1024;
  return {
    version: validVersion(props.version ?? MosquittoVersion.V2_0),
    listeners,
    minimumTlsVersion: props.tls?.minimumVersion ?? 'TLSv1.2',
    maxConnections: optionalNumber('maxConnections', props.maxConnections),
    maxPacketBytes: wholeNumber('maxPacketBytes', props.maxPacketBytes ?? 2_000_000, 1_024),
    maxInflightMessages: optionalNumber('maxInflightMessages', props.maxInflightMessages, 65_535),
    maxQueuedMessages: wholeNumber('maxQueuedMessages', props.maxQueuedMessages ?? 500_000, 1),
    maxQueuedBytes: wholeNumber(
      'maxQueuedBytes',
      props.maxQueuedBytes ?? Math.floor(memoryBytes / 4),
      1_024,
      Number.MAX_SAFE_INTEGER,
    ),
    autosaveIntervalSeconds: wholeNumber('autosaveIntervalSeconds', props.autosaveIntervalSeconds ?? 60, 1),
    persistentClientExpirationHours: expirationHours(props),
  };
}

/** @throws EdgeError EDGE_ERR_VALUE for what is no whole number within the limits */
export function wholeNumber(prop: string, value: number, least: number, most: number = MOST): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : `, and at most ${most}`;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `Mosquitto.${prop}`,
    value,
    rule: `it is a whole number of at least ${least}${upTo}`,
    fix: 'Choose one',
  });
}

/** Whoever writes JavaScript may give the version as a text. */
function validVersion(version: MosquittoVersion): MosquittoVersion {
  const known = [MosquittoVersion.V2_0, MosquittoVersion.V2_1].map(({ name }) => name);
  if (known.includes(version.name)) return version;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'Mosquitto.version',
    value: version,
    rule: 'it is a MosquittoVersion',
    fix: 'Use MosquittoVersion.V2_0 or MosquittoVersion.V2_1',
  });
}

function optionalNumber(prop: string, value: number | undefined, most?: number): number | undefined {
  return value === undefined ? undefined : wholeNumber(prop, value, 1, most);
}

function expirationHours({ persistentClientExpiration }: MosquittoProps): number | undefined {
  if (persistentClientExpiration === undefined) return undefined;
  const hours = persistentClientExpiration.toMilliseconds() / 3_600_000;
  if (Number.isInteger(hours) && hours >= 1 && hours * 3_600 <= MOST) return hours;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'Mosquitto.persistentClientExpiration',
    value: `${hours} h`,
    rule: 'Mosquitto counts it in whole hours, of which there is at least one, up to 68 years',
    fix: 'Choose whole hours or days',
  });
}
