import pino, { type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from './without-secrets';

/** The log: a line of JSON for each event, without payloads and without secrets. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    name: 'bridge',
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Not pino's own `redact`: it knows paths and not names, and a hundred paths take a hundred times as long as a line.
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}
