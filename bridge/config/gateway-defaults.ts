/** What the gateway does where its configuration is silent. */
export const GATEWAY_DEFAULTS = {
  host: '0.0.0.0',
  port: 5050,
  /** A photograph, or some ten thousand rows. */
  maxBodyBytes: 4 * 1024 * 1024,
  /** Node's own limit of all headers together. */
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 100,
  /** Requests that wait for an answer. Each is a body in memory, and an entry in a table. */
  maxInFlight: 1_000,
  maxInFlightBytes: 256 * 1024 * 1024,
  /** Those that wait for a next request are no requests, but sockets and memory all the same. */
  maxConnections: 10_000,
  /** Longer than load balancers keep an idle connection (60 s), or they would send a request on one that is just closed. */
  keepAliveTimeoutSeconds: 72,
  /** For a requester to send a request in, or to go on reading; whoever takes longer holds a place for nothing. */
  receiveTimeoutSeconds: 30,
  contentTypes: ['application/json'],
  /** How long a broker may take to say that it has a request: leaders of quorum queues are elected within seconds. */
  confirmTimeoutSeconds: 10,
  /** For the way to the model and back, in which nobody works on the request. */
  marginSeconds: 5,
  resultTtlSeconds: 300,
  maxResults: 1_000,
  maxResultBytes: 64 * 1024 * 1024,
  /** Load balancers learn only after some seconds that a replica is going. */
  drainDelaySeconds: 5,
  drainTimeoutSeconds: 60,
  /** Who asked what, and when, is the first question after anything that went wrong; metrics cannot answer it. */
  accessLog: true,
} as const;
