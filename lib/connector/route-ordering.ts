import { EdgeError } from '../errors';

type OrderingConfig = 'none' | 'topic' | { readonly userProperty: string };

/** Which requests of a route are answered one after the other, in the order in which they came. */
export class RouteOrdering {
  /** None: each is answered as soon as the model has. */
  static none(): RouteOrdering {
    return new RouteOrdering('none');
  }

  /** All of the route, which has one request topic. */
  static perTopic(): RouteOrdering {
    return new RouteOrdering('topic');
  }

  /**
   * Those with the same value of a user property (MQTT 5), `device` for instance. Requests without it have an order among
   * themselves.
   *
   * @throws EdgeError EDGE_ERR_NAME for an empty name
   */
  static perUserProperty(name: string): RouteOrdering {
    if (name !== '') return new RouteOrdering({ userProperty: name });
    const rule = 'requests are told apart by its value';
    const fix = 'Name a user property';
    throw new EdgeError('EDGE_ERR_NAME', { at: 'RouteOrdering.perUserProperty(name)', value: name, rule, fix });
  }

  readonly #config: OrderingConfig;

  private constructor(config: OrderingConfig) {
    this.#config = config;
  }

  /** @internal */
  _config(): OrderingConfig {
    return this.#config;
  }
}
