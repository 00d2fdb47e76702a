/** What a code stands for, as docs/errors.md says it. */
export interface ErrorExplanation {
  /** What was found, as one sentence. */
  readonly means: string;
  /** What would happen otherwise, and who would do it. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * Everything the library refuses. Codes are part of the public interface: they never change their meaning.
 *
 * `npm run docs` writes docs/errors.md from this table.
 */
export const EDGE_ERRORS = {
  EDGE_ERR_NAME: {
    means: 'A name that Kubernetes, KServe or the broker would refuse.',
    why: 'The API server or a webhook would reject the object while the rest of the stack is applied.',
    fix: 'Use the characters and the length that the message names.',
  },
  EDGE_ERR_DOMAIN: {
    means: 'A domain or host name that is not one, or a host label longer than DNS allows.',
    why: 'Nothing would resolve it, and no certificate could be issued for it.',
    fix: 'Give a host name without scheme, port or path, each label at most 63 characters long.',
  },
  EDGE_ERR_MODEL_HOST: {
    means: 'A name from which KServe would derive a host that does not lead to the model.',
    why: 'KServe cuts "-predictor" and "-default" out of hosts, wherever they stand, and reports nothing.',
    fix: 'Rename the model, the namespace or the domain.',
  },
  EDGE_ERR_NAMESPACE: {
    means: "A platform without namespaces, or a model in a namespace that is not one of the platform's.",
    why: 'Hosts, certificates and access rules are made per namespace; such a model would have none.',
    fix: 'Add the namespace to InferencePlatform.namespaces.',
  },
  EDGE_ERR_DUPLICATE: {
    means: 'Two things of the same name where only one can be.',
    why: 'The later would replace the earlier, or be taken for it.',
    fix: 'Rename one, or use the one that is there.',
  },
  EDGE_ERR_OBJECT_DUPLICATE: {
    means: 'Two Kubernetes objects of one group, kind, namespace and name.',
    why: 'To the API server they are the same object: the later would replace the earlier.',
    fix: 'Rename one of them, or put it into another namespace.',
  },
  EDGE_ERR_FILE_DUPLICATE: {
    means: 'Two things that would be written to the same file.',
    why: 'The later would replace the earlier, and what was in that one would never be applied.',
    fix: 'Give the chart another id, or let one construct declare everything that belongs into the file.',
  },
  EDGE_ERR_ORDER: {
    means: 'Constructs that depend on each other in a circle.',
    why: 'None of them could be applied first.',
    fix: 'Remove one of the dependencies.',
  },
  EDGE_ERR_OBJECT_SIZE: {
    means: 'A ConfigMap or Secret above the size that Kubernetes stores.',
    why: 'The API server refuses objects of more than a mebibyte.',
    fix: 'Spread the content over several objects.',
  },
  EDGE_ERR_API_VERSION: {
    means: 'An object of an API version that was removed.',
    why: 'No supported release serves it: the API server answers "no matches for kind".',
    fix: 'Use the version that the message names; for an old cluster, EdgeApp.accept(..) lets it pass.',
  },
  EDGE_ERR_PLAIN_SECRET: {
    means: 'A secret in a ConfigMap, an environment variable or an argument.',
    why: 'Everybody who may list objects, processes or the repository can read it.',
    fix: 'Keep it in a Secret and refer to that; EdgeApp.accept(..) is for what only looks like one.',
  },
  EDGE_ERR_BACKEND: {
    means: 'A route to a Service, or to a port of a Service, that is not there.',
    why: 'Controllers accept such a route and answer 503, or leave it out.',
    fix: 'Use a Service of the app and one of its ports.',
  },
  EDGE_ERR_TARGET_PORT: {
    means: 'A Service that selects no pods, or a port that its pods do not have.',
    why: 'The Service has no endpoints, or connections to it are refused.',
    fix: "Select the labels of a pod template, and name a container's port.",
  },
  EDGE_ERR_PROBE: {
    means: 'A probe of a port that its container does not have.',
    why: 'The pod never gets ready, or is restarted for ever.',
    fix: "Probe one of the container's ports, by name.",
  },
  EDGE_ERR_TOKEN: {
    means: 'A placeholder that was never replaced by its value.',
    why: 'The placeholder itself would be applied, as if it were the value.',
    fix: 'Give the value, from configuration for instance.',
  },
  EDGE_ERR_VALUE: {
    means: 'A number or text outside of what its reader accepts.',
    why: 'The controller would refuse the object, or cut the value to something else.',
    fix: 'Choose a value within the limits that the message names.',
  },
  EDGE_ERR_CREDENTIALS: {
    means: 'A password that is missing, or too weak to be one.',
    why: 'It would be guessed, or everybody would be locked out.',
    fix: 'Draw one at random: `openssl rand -hex 16`.',
  },
  EDGE_ERR_ROUTE_MODEL: {
    means: 'A route to a model that is not part of the app.',
    why: 'The route would lead to a host that nothing in this app serves.',
    fix: 'Use what InferencePlatform.addModel(..) returned.',
  },
  EDGE_ERR_ROUTE_CLIENT: {
    means: 'A route without a client, or with a client of another broker.',
    why: 'Its request topic would be one that nobody may publish to.',
    fix: "Use what this broker's addUser(..) returned.",
  },
  EDGE_ERR_ROUTE_TOPIC: {
    means: 'A topic with a wildcard, or one that the broker keeps for itself.',
    why: 'Brokers close the connection of a client that publishes to such a topic.',
    fix: 'Name one topic, without + and #, that does not begin with $.',
  },
  EDGE_ERR_ROUTE_CONFLICT: {
    means: "Routes that would take each other's requests, or an answer for a request.",
    why: 'A request would be answered twice, or a single one would go round for ever.',
    fix: "Set the route's name, requestTopic, replyTopic or deadLetterTopic.",
  },
  EDGE_ERR_NO_ROUTES: {
    means: 'A bridge without a route.',
    why: 'It would run, be healthy, and do nothing.',
    fix: 'Call addRoute(..), or leave the bridge out.',
  },
  EDGE_ERR_ENTRY_POINT: {
    means: 'A Traefik entry point whose name or port Traefik would refuse.',
    why: 'Traefik does not start with it, or the Service keeps its old ports.',
    fix: 'Choose a name of at most 15 characters and a free port from 1024 on.',
  },
  EDGE_ERR_TRAEFIK_TLS: {
    means: 'TLS without a host.',
    why: 'Traefik picks the certificate, and the route, by the host that a client asks for.',
    fix: 'Name the host that devices connect to.',
  },
  EDGE_ERR_BUNDLE: {
    means: "The bridge's program is not where the library expects it.",
    why: 'The pod would have nothing to run.',
    fix: 'Install the package again, or use BridgeCode.fromImage(..).',
  },
} as const satisfies Record<string, ErrorExplanation>;

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;
