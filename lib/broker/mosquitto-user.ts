import { topicFilterProblem } from '../../bridge/config/topics';
import { EdgeError } from '../errors';
import { aclLineProblem } from './acl-line';
import type { Credentials } from './credentials';
import type { IMqttUser } from './mqtt-broker';

type Access = 'read' | 'write';

/** Somebody who may log in to a {@link Mosquitto} broker. Until a route or a grant says otherwise, they may do nothing. */
export class MosquittoUser implements IMqttUser {
  readonly name: string;
  readonly credentials: Credentials;
  readonly #grants = new Map<string, Set<Access>>();

  /** @internal use `broker.addUser(..)` */
  constructor(name: string, credentials: Credentials) {
    this.name = name;
    this.credentials = credentials;
  }

  /** Lets the user publish to what the filter matches. MQTT 3.1.1 clients are not told when a publish is refused. */
  allowPublish(topicFilter: string): IMqttUser {
    return this.#grant(topicFilter, 'write');
  }

  /** Lets the user receive what the filter matches. Mosquitto accepts every subscription and filters at delivery. */
  allowSubscribe(topicFilter: string): IMqttUser {
    return this.#grant(topicFilter, 'read');
  }

  /**
   * The user's part of the ACL file.
   *
   * @internal
   */
  _aclLines(): string[] {
    const topics = [...this.#grants.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      `user ${this.name}`,
      ...topics.map(([filter, access]) => `topic ${access.size === 2 ? 'readwrite' : [...access][0]} ${filter}`),
    ];
  }

  #grant(topicFilter: string, access: Access): this {
    const problem = topicFilterProblem(topicFilter) ?? aclLineProblem(topicFilter);
    if (problem) {
      throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', {
        at: `a topic filter granted to user "${this.name}"`,
        value: topicFilter,
        rule: problem,
        fix: 'Correct the filter',
      });
    }
    const granted = this.#grants.get(topicFilter) ?? new Set();
    this.#grants.set(topicFilter, granted.add(access));
    return this;
  }
}
