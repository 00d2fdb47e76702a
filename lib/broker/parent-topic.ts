import { topicFilterProblem } from '../../bridge/config/topics';
import { EdgeError } from '../errors';
import { aclLineProblem } from './acl-line';

export interface ParentTopicOptions {
  /** Put before the filter in this broker's topics, and taken off on the way to the parent. @default - nothing */
  readonly localPrefix?: string;
  /** Put before the filter in the parent's topics, and taken off on the way here. @default - nothing */
  readonly remotePrefix?: string;
  /** 0, 1 or 2: the highest quality of service that messages keep on their way. @default 1 */
  readonly qos?: number;
}

type Direction = 'out' | 'in' | 'both';

/** Topics that a broker and its parent have in common. */
export class ParentTopic {
  /** Messages go from this broker to the parent. */
  static outgoing(filter: string, options: ParentTopicOptions = {}): ParentTopic {
    return new ParentTopic(filter, 'out', options);
  }

  /** Messages come from the parent to this broker. */
  static incoming(filter: string, options: ParentTopicOptions = {}): ParentTopic {
    return new ParentTopic(filter, 'in', options);
  }

  /**
   * Messages go both ways. They need another name there than here, by different prefixes: a message whose name stays
   * the same can come back by another way, and go round for ever.
   */
  static both(filter: string, options: ParentTopicOptions = {}): ParentTopic {
    return new ParentTopic(filter, 'both', options);
  }

  readonly filter: string;
  readonly direction: 'out' | 'in' | 'both';
  readonly localPrefix: string;
  readonly remotePrefix: string;
  readonly qos: number;

  private constructor(filter: string, direction: Direction, options: ParentTopicOptions) {
    this.filter = filter;
    this.direction = direction;
    this.localPrefix = options.localPrefix ?? '';
    this.remotePrefix = options.remotePrefix ?? '';
    this.qos = options.qos ?? 1;
    this.#validate();
  }

  /** The filter at this broker. */
  get localFilter(): string {
    return this.localPrefix + this.filter;
  }

  /** The filter at the parent. */
  get remoteFilter(): string {
    return this.remotePrefix + this.filter;
  }

  /** The line of the connection. @internal */
  _line(): string {
    const quoted = (prefix: string) => (prefix === '' ? '""' : prefix);
    const { filter, direction, qos, localPrefix, remotePrefix } = this;
    return `topic ${filter} ${direction} ${qos} ${quoted(localPrefix)} ${quoted(remotePrefix)}`;
  }

  #validate(): void {
    const at = `a topic filter of a parent`;
    for (const filter of [this.filter, this.localFilter, this.remoteFilter]) {
      const rule = topicFilterProblem(filter) ?? aclLineProblem(filter) ?? wordProblem(filter);
      if (rule) throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at, value: filter, rule, fix: 'Correct the filter' });
    }
    if (![0, 1, 2].includes(this.qos)) {
      const rule = 'MQTT has the qualities of service 0, 1 and 2';
      throw new EdgeError('EDGE_ERR_VALUE', { at: `qos of ${at}`, value: this.qos, rule, fix: 'Choose one of them' });
    }
  }
}

/** Of two ways that a message can take, one there and one back, under the same names: what goes round. */
export function findCircle(topics: readonly ParentTopic[]): [there: ParentTopic, back: ParentTopic] | undefined {
  const outgoing = topics.filter(({ direction }) => direction !== 'in');
  const incoming = topics.filter(({ direction }) => direction !== 'out');
  const pairs = outgoing.flatMap((there) => incoming.map((back): [ParentTopic, ParentTopic] => [there, back]));
  return pairs.find(
    ([there, back]) =>
      (there !== back || there.localPrefix === there.remotePrefix) &&
      filtersOverlap(there.localFilter, back.localFilter) &&
      filtersOverlap(there.remoteFilter, back.remoteFilter),
  );
}

/** Whether some topic matches both filters. */
export function filtersOverlap(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')];
  for (let i = 0; ; i += 1) {
    const [left, right] = [a[i], b[i]];
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== right && left !== '+' && right !== '+') return false;
  }
}

function wordProblem(filter: string): string | undefined {
  return /\s|"/.test(filter) ? "Mosquitto's configuration separates words by blanks" : undefined;
}
