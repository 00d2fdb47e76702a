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
  EDGE_ERR_DEPLOYMENT_MODE: {
    means: 'Something of a model, or of its platform, that the deployment mode does not have.',
    why: 'KServe would refuse the model, or pass over the setting without a word.',
    fix: 'Leave it out, or use the other deployment mode.',
  },
  EDGE_ERR_KSERVE_VERSION: {
    means: 'Something that the version of KServe does not know, or gets wrong.',
    why: 'KServe would refuse the model, or read its configuration without what was asked for.',
    fix: 'Leave it out, or give the version that is installed (InferencePlatform.kserve).',
  },
  EDGE_ERR_RUNTIME: {
    means: 'A model with a runtime that cannot serve it, or runtimes between which KServe could not choose.',
    why: 'The model would never get ready, or the webhook would refuse the runtime.',
    fix: 'Name a runtime that serves the format by the protocol, or change what the runtime supports.',
  },
  EDGE_ERR_CLUSTER_LOCAL: {
    means: 'A domain for a model that is meant for the cluster only.',
    why: 'Knative answers to a mapped domain from outside, whatever the visibility of the Service behind it.',
    fix: 'Make the model public, or leave the domain out.',
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
  EDGE_ERR_POLICY_OPEN: {
    means: 'An AuthorizationPolicy that lets anybody in, in all namespaces of the mesh.',
    why: "In Istio's root namespace a policy counts everywhere: one without callers opens the workloads of all tenants.",
    fix: 'Name the callers, or put it into the namespace of the workload; EdgeApp.accept(..) is for a gateway of your own.',
  },
  EDGE_ERR_POLICY_RULE: {
    means: 'A rule of an AuthorizationPolicy that Istio refuses, or that means another thing than it seems to.',
    why: 'No rules refuse everything, an empty rule is about everything, and a star in the middle never matches.',
    fix: 'Write out who may call what; where it is meant that way, EdgeApp.accept(..) lets it pass.',
  },
  EDGE_ERR_TOKEN: {
    means: 'A placeholder that was never replaced by its value, or that stands where the value itself is needed.',
    why: 'The placeholder would be applied as if it were the value; and what names or counts objects must be known before.',
    fix: 'Give the value, from configuration for instance.',
  },
  EDGE_ERR_NOT_REGISTERED: {
    means: 'A construct for which ClusterObjects has registered nothing.',
    why: 'There is no resource whose status could be read, or that something could wait for.',
    fix: 'Give an object of the app, or a construct whose principal object is in it.',
  },
  EDGE_ERR_INGRESS_ADDRESS: {
    means: 'An Ingress that has no host name of a load balancer in its status.',
    why: 'Its controller has not given it one, or nobody waited for it, and a DNS record would lead nowhere.',
    fix: 'See what the controller says about it, and do not skip the waiting for it.',
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
  EDGE_ERR_BROKER_TLS: {
    means: 'TLS of a broker that no client could use, or that would not be what it is called.',
    why: 'Nobody could connect, or a weaker protocol or any certificate would be taken without a word.',
    fix: 'Give the broker a certificate and its clients an authority, or leave the option out.',
  },
  EDGE_ERR_BROKER_FEATURE: {
    means: 'Something that is asked of a broker and that this broker does not do, or does otherwise.',
    why: 'It would take the request, and messages would come twice, under another name, or not at all.',
    fix: 'Leave it out, or use a broker that does it.',
  },
  EDGE_ERR_ALERT: {
    means: 'An alert on a number that nothing measures.',
    why: 'It would never fire, and everybody would believe that all is well.',
    fix: 'Add what measures the number, or leave the alert out.',
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
  EDGE_ERR_TIMEOUT: {
    means: 'Something in front of a model that waits for a shorter time than the model may take.',
    why: 'It gives up while the model still works, and the answer comes to nobody.',
    fix: "Raise the one, or lower the model's timeout.",
  },
  EDGE_ERR_ROUTE_OPTIONS: {
    means: 'Options of a route that have no use beside each other, beside its model, or in a bridge of several pods.',
    why: 'The bridge would run, and the option would do nothing, or every request would be refused.',
    fix: 'Leave one of them out; the message says which.',
  },
  EDGE_ERR_BRIDGE_CONFIG: {
    means: 'A configuration that the bridge refuses. It is checked by the rules of the bridge itself.',
    why: 'The pod would end with BRIDGE_ERR_CONFIG, again and again.',
    fix: 'Correct the prop or option that it comes from; the message has what the bridge would say.',
  },
  EDGE_ERR_GATEWAY_ACCESS: {
    means: 'A way to a gateway that its access does not go with.',
    why: 'Requests would get no further than the front door, or anybody would get in with a certificate of their own.',
    fix: 'End TLS at one place, and name an authority that signs for those who may come in.',
  },
  EDGE_ERR_GATEWAY_DESTINATION: {
    means: 'A destination of a gateway that its requests would not get to.',
    why: 'They would be published to another broker, or under a key that leads to no queue, and every requester would get an error.',
    fix: 'Give both the same broker, and use a routing key that the queue is bound with.',
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
  EDGE_ERR_TRAEFIK_INSTALLATION: {
    means: 'A description of a Traefik that contradicts itself, another one, or what the entry points need.',
    why: 'The chart would refuse the values, or Traefik would ignore the entry points or the routes without a word.',
    fix: 'Describe the Traefik that is in the cluster, in one way for the whole app.',
  },
  EDGE_ERR_PASSTHROUGH: {
    means: 'TLS that is passed through to a broker that does not end it.',
    why: 'The handshake would reach a listener for plain MQTT, which closes the connection.',
    fix: 'Give the broker a certificate, or end TLS in front of it.',
  },
  EDGE_ERR_GATEWAY_LISTENER: {
    means: 'A listener that its Gateway would not take.',
    why: 'The API server refuses the Gateway, or its controller marks the listener as conflicted and does not open it.',
    fix: 'Give listeners of one Gateway different names, and different hosts or ports; those with TLS need a certificate.',
  },
  EDGE_ERR_GATEWAY_ROUTE: {
    means: 'A route that its listener would not take, or that it would take beside another for the same traffic.',
    why: "The controller leaves such a route out; all there is to see is a condition in the route's status.",
    fix: "Choose a listener that speaks the route's protocol and has its host, and one for each broker.",
  },
  EDGE_ERR_ALB_LIMIT: {
    means: 'More than an AWS Application Load Balancer takes: values of a rule, rules, certificates, or characters.',
    why: 'The controller would stop at it, and reconcile none of the Ingresses in the group any more.',
    fix: 'Stay within the limit that the message names, or use another load balancer for the rest.',
  },
  EDGE_ERR_ALB_AUTH: {
    means: 'Auth of an Ingress for an AWS load balancer that would keep nobody out.',
    why: 'The controller leaves out what it does not know, and what has no HTTPS listener, without a word.',
    fix: 'Write rules with AlbAuth, or correct the annotation that the message names.',
  },
  EDGE_ERR_LOGIN: {
    means: 'Logins on one way that ask for tokens of different issuers, or of different subjects.',
    why: 'A request has one token, and the other login refuses it: nobody passes both.',
    fix: 'Use one issuer, put the subjects into one login, or give the logins different hosts or places.',
  },
  EDGE_ERR_ALB_GROUP: {
    means: 'Ingresses of one group that contradict each other, or of which one is never reached.',
    why: 'The controller stops reconciling the whole group, or serves the one that comes first.',
    fix: 'Give them the same settings, another groupOrder, or another groupName.',
  },
  EDGE_ERR_SUBNET_TAGS: {
    means: 'A VPC without tagged subnets for load balancers in two zones.',
    why: 'The AWS Load Balancer Controller would make none, and say so only in an event of the Ingress.',
    fix: 'Tag the subnets as the message says, or let LoadBalancerSubnets.tag(..) do it.',
  },
  EDGE_ERR_COMMON_NAME: {
    means: 'Names of which none is short enough to lead a certificate.',
    why: 'A common name has at most 64 characters, and ACM and cert-manager refuse the request.',
    fix: 'Shorten the domain, or add a host of at most 64 characters.',
  },
  EDGE_ERR_CERTIFICATE_QUOTA: {
    means: 'More certificates than a load balancer takes.',
    why: 'An ALB has a default certificate and at most 25 others; hosts of the rest would get the wrong one.',
    fix: 'Put more names into each certificate (maxNames), or use HostLayout.FLAT.',
  },
  EDGE_ERR_REGION: {
    means: 'An ARN of another region than the one it is needed in.',
    why: "A load balancer takes certificates of its own region alone, and Cognito's domains those of us-east-1.",
    fix: 'Request the certificate in the region that the message names.',
  },
  EDGE_ERR_VALIDATION_RECORD: {
    means: 'A name of a certificate for which ACM asks for no validation record.',
    why: 'The certificate would wait for its validation until the deployment gives up.',
    fix: 'Run `pulumi refresh`; a certificate that was imported, or is validated by mail, cannot be used here.',
  },
  EDGE_ERR_ISSUER: {
    means: 'An ACME issuer of the app that cannot prove wildcards.',
    why: 'An ACME server accepts DNS-01 alone for a wildcard; cert-manager would try again for ever.',
    fix: 'Give the issuer a dns01 solver for the domain.',
  },
  EDGE_ERR_HOST_CERTIFICATE: {
    means: 'A host that is served with TLS and that no certificate of the app covers.',
    why: 'Clients would end the connection: a wildcard stands for exactly one label, the left-most.',
    fix: "Add the host to the certificates' hosts, or to certifiedElsewhere when its certificate comes from elsewhere.",
  },
  EDGE_ERR_HOST_RECORD: {
    means: 'A host that is served and that no DNS record of the app leads to.',
    why: 'Nobody would find it: a wildcard does not answer for names that exist, nor for names below those.',
    fix: "Add the host to the records' hosts, or to recordedElsewhere when its record comes from elsewhere.",
  },
  EDGE_ERR_ZONE: {
    means: 'A name that none of the given hosted zones can hold.',
    why: 'A record is made in the zone that its name ends with; without one a certificate is never validated.',
    fix: 'Add the zone, or leave zones out.',
  },
  EDGE_ERR_ZONE_APEX: {
    means: 'A CNAME with the name of its zone.',
    why: 'The SOA and NS records of a zone stand there, and a CNAME stands beside no other record.',
    fix: 'Use an alias, or publish another host.',
  },
  EDGE_ERR_HTTP_CONTROLLER: {
    means: 'A wish about a route that its controller cannot fulfil.',
    why: 'It would leave the wish out without a word: a path without its password, for one.',
    fix: 'Leave it to the service, or use a controller that can.',
  },
  EDGE_ERR_HTTP_AUTH: {
    means: 'A route that asks for a password without TLS.',
    why: 'Basic authentication sends the password with every request, and it would cross the network in clear.',
    fix: 'Set tls of the HttpRoutes.',
  },
  EDGE_ERR_SHARED_VOLUME: {
    means: 'A volume that the pods of a service cannot share.',
    why: 'Pods on a second node, or in another namespace, would wait for it for ever.',
    fix: 'Use a PersistentVolumeClaim of the same namespace with ReadWriteMany.',
  },
  EDGE_ERR_BUNDLE: {
    means: "The bridge's program is not where the library expects it.",
    why: 'The pod would have nothing to run.',
    fix: 'Install the package again, or use BridgeCode.fromImage(..).',
  },
} as const satisfies Record<string, ErrorExplanation>;

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;
