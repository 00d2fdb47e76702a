import { EventEmitter } from 'node:events';
import pino, { type Logger } from 'pino';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly code?: string;
  readonly connection?: string;
  readonly [field: string]: unknown;
}

/** A logger that prints nothing, and whose lines can be looked at and waited for. */
export class CapturedLog {
  readonly lines: LogLine[] = [];
  readonly logger: Logger;
  readonly #events = new EventEmitter();

  constructor() {
    const write = (text: string) => {
      const line = JSON.parse(text) as LogLine;
      this.lines.push(line);
      this.#events.emit('line', line);
    };
    this.logger = pino({ level: 'debug', formatters: { level: (level) => ({ level }) } }, { write });
  }

  /** The first line, written already or yet to come, that looks like this. */
  line(wanted: Partial<LogLine>, among: readonly LogLine[] = this.lines): Promise<LogLine> {
    const matches = (line: LogLine) => Object.entries(wanted).every(([key, value]) => line[key] === value);
    const written = among.find(matches);
    if (written) return Promise.resolve(written);
    return new Promise((resolve) => {
      const look = (line: LogLine) => {
        if (!matches(line)) return;
        this.#events.off('line', look);
        resolve(line);
      };
      this.#events.on('line', look);
    });
  }

  /** The next line that looks like this, whatever has been written before. */
  next(wanted: Partial<LogLine>): Promise<LogLine> {
    return this.line(wanted, []);
  }
}
